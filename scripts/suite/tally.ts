// What a stage's run amounts to: read from the JUnit report of `bun test`, its output and its
// exit code. A run that says nothing, or says less than its exit code, has failed.

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why each skipped test was skipped, as the tests said it. */
  readonly reasons: readonly string[];
  /** What the counts alone do not say. */
  readonly troubles: readonly string[];
}

export interface Ran {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: string;
  /** Null where there is none. */
  readonly junit: string | null;
}

/** Tests that can run nowhere but elsewhere say `skipped: why` on a line of their own. */
const ANNOUNCED = /^\s*skipped\b[^:\n]*:\s*(.+)$/gim;

export function tallyTests(ran: Ran): Tally {
  const { tests, failures, names } = readJunit(ran.junit ?? "");
  const announced = [...ran.output.matchAll(ANNOUNCED)].map(([line]) => line.trim());
  const reasons = [...new Set([...announced, ...names.map((name) => `skipped test: ${name}`)])];
  const troubles = troublesOf(ran, { tests, failures, skipped: reasons.length });
  return {
    passed: Math.max(0, tests - failures - names.length),
    failed: failures === 0 && troubles.length > 0 ? 1 : failures,
    skipped: reasons.length,
    reasons,
    troubles,
  };
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

function troublesOf(ran: Ran, { tests, failures, skipped }: Counts): string[] {
  const troubles: string[] = [];
  if (ran.signal !== null) troubles.push(`ended by ${ran.signal}`);
  else if (ran.junit === null) troubles.push(`exit ${ran.exitCode} without a report`);
  else if (ran.exitCode !== 0 && failures === 0) {
    troubles.push(`exit ${ran.exitCode}, though no test failed`);
  }
  if (tests === 0 && skipped === 0) troubles.push("no test ran");
  return troubles;
}

/** A check that only passes or fails, such as the type checker. */
export function tallyScript({ exitCode, signal }: Ran): Tally {
  const ok = exitCode === 0 && signal === null;
  const troubles = ok ? [] : [signal === null ? `exit ${exitCode}` : `ended by ${signal}`];
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, reasons: [], troubles };
}

interface Junit {
  readonly tests: number;
  readonly failures: number;
  /** Of the tests that were skipped. */
  readonly names: readonly string[];
}

export function readJunit(xml: string): Junit {
  const head = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? "";
  const cases = xml.matchAll(/<testcase\b([^>]*)>\s*<skipped\b/g);
  return {
    tests: Number(attribute(head, "tests") ?? 0),
    failures: Number(attribute(head, "failures") ?? 0),
    names: [...cases].map(([, attributes = ""]) => caseName(attributes)),
  };
}

const caseName = (attributes: string): string =>
  `${attribute(attributes, "file") ?? ""}: ${attribute(attributes, "name") ?? ""}`;

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
