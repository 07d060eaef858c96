// The stages of the test suite, cheap to heavy, as data: what each runs, for how long at most,
// and whether it wants the machine to itself.

export interface Stage {
  readonly name: string;
  /** A package.json script, or folders and files of tests. */
  readonly runs: { readonly script: string } | { readonly tests: readonly string[] };
  readonly boundMs: number;
  /** Real processes and deadlines: nothing else runs beside it. */
  readonly alone?: boolean;
}

const MINUTE_MS = 60_000;

export const STAGES: readonly Stage[] = [
  { name: "typecheck", runs: { script: "typecheck" }, boundMs: 2 * MINUTE_MS },
  { name: "lint", runs: { script: "lint" }, boundMs: 2 * MINUTE_MS },
  { name: "tidy", runs: { tests: ["test/tidy.test.ts", "test/tidy"] }, boundMs: MINUTE_MS },
  { name: "rules", runs: { tests: ["test/core", "test/rules"] }, boundMs: 2 * MINUTE_MS },
  { name: "formats", runs: { tests: ["test/formats"] }, boundMs: 3 * MINUTE_MS },
  { name: "contract", runs: { tests: ["test/contract"] }, boundMs: 5 * MINUTE_MS },
  {
    name: "flows",
    runs: { tests: ["test/fakes", "test/flows", "test/daemon", "test/diagnostics"] },
    boundMs: 3 * MINUTE_MS,
  },
  { name: "runtimes", runs: { tests: ["test/runtimes"] }, boundMs: 2 * MINUTE_MS },
  { name: "managers", runs: { tests: ["test/managers"] }, boundMs: 4 * MINUTE_MS },
  { name: "sim", runs: { tests: ["test/sim"] }, boundMs: 6 * MINUTE_MS },
  { name: "cli", runs: { tests: ["test/cli"] }, boundMs: 4 * MINUTE_MS },
  { name: "setup", runs: { tests: ["test/setup", "test/bench"] }, boundMs: 2 * MINUTE_MS },
  { name: "real", runs: { tests: ["test/real"] }, boundMs: 6 * MINUTE_MS, alone: true },
  { name: "killed", runs: { tests: ["test/killed"] }, boundMs: 4 * MINUTE_MS, alone: true },
  {
    name: "provision",
    runs: { tests: ["test/provision"] },
    boundMs: 4 * MINUTE_MS,
    alone: true,
  },
  { name: "chaos", runs: { tests: ["test/chaos"] }, boundMs: 4 * MINUTE_MS, alone: true },
  // Together they need less than two cores: the second waits for half of its time.
  { name: "docs", runs: { tests: ["test/docs"] }, boundMs: 3 * MINUTE_MS },
  { name: "e2e", runs: { tests: ["test/e2e"] }, boundMs: 5 * MINUTE_MS },
];
