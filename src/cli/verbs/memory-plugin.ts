// `iapeer memory-plugin on|off`: the memory provider's commands for one peer or for all, with an
// exact account of who was done (memory-provider contract).

import { IapeerError } from "../../core/error.ts";
import type {
  Occasion,
  PeerProvision,
  PeerProvisionState,
  ProviderDeclaration,
} from "../../core/provider.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { deprecation } from "../../flows/provision/account.ts";
import { isNativeMemoryOff } from "../../flows/provision/native-memory.ts";
import { agenticRuntimes } from "../../flows/provision/presence.ts";
import { readSlot } from "../../flows/provision/slot.ts";
import { JOBS_MAX, sweep, type SweepReport } from "../../flows/provision/sweep.ts";
import type { Host } from "../../ports/host.ts";
import { directionOf, provisionSummary, routeOf } from "../../rules/provision.ts";
import { usage } from "../args.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { visible } from "../render/text.ts";
import { withProgress } from "../progress.ts";
import { showSteps } from "../steps.ts";
import { whom } from "../whom.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, spec, terminal } = context;
  const jobs = jobsOf(args.count("jobs"));
  const { isAll, peers } = await whom(context);
  const { host } = await context.app();
  const occasion = spec.name.endsWith(" on") ? "sweep-on" : isAll ? "off-all" : "off-peer";
  const declaration = providerFor(host, occasion);
  for (const warning of deprecation(declaration, occasion)) output.warn(visible(warning));
  const steps = peers.length === 1 ? null : showSteps(context, peers.length);
  const sweeping = sweep(host, {
    declaration,
    peers,
    occasion,
    interrupted: terminal.interrupted,
    onPeer: (peer) => steps?.step(told(peer)),
    ...jobs,
  });
  const [only] = peers;
  const label = `${spec.name} ${only?.personality ?? ""}`;
  const report = await (steps === null ? withProgress(context, label, sweeping) : sweeping);
  steps?.end();
  const exit = tell(context, { declaration, occasion, report });
  if (directionOf(occasion) === "unprovision") noteNativeMemory(context, host, { isAll, peers });
  return exit;
}

/** Without a provider a peer would have no memory at all, and nobody would know why. */
function noteNativeMemory(
  context: VerbContext,
  host: Host,
  { isAll, peers }: { isAll: boolean; peers: readonly RegistryEntry[] },
): void {
  const off = peers.filter((peer) =>
    agenticRuntimes(host, peer).some((runtime) => isNativeMemoryOff(host, peer, runtime)),
  );
  const [first] = off;
  if (first === undefined) return;
  const whose = isAll || off.length > 1 ? "--all" : `--peer ${first.personality}`;
  const who = off.length === 1 ? first.personality : `${off.length} peers`;
  const back = commandLine(context, `native-memory on ${whose}`);
  context.output.note(`the runtimes' own memory stays off for ${who}; to turn it on: ${back}`);
}

function jobsOf(jobs: number | undefined): { readonly jobs?: number } {
  if (jobs === undefined) return {};
  if (jobs >= 1 && jobs <= JOBS_MAX) return { jobs };
  throw usage(`--jobs is from 1 to ${JOBS_MAX}, not ${jobs}`, "for instance --jobs 8");
}

/** A missing direction is refused before anything is called. */
function providerFor(host: Host, occasion: Occasion): ProviderDeclaration {
  const slot = readSlot(host);
  const path = host.layout.memoryProvider;
  if (slot.state !== "occupied") {
    throw new IapeerError({
      code: "no-memory-provider",
      what: "this host has no memory provider",
      why: slot.state === "empty" ? `there is no ${path}` : `${path} is ignored: ${slot.reason}`,
      next:
        directionOf(occasion) === "provision"
          ? "install one, or write one: iapeer provider init"
          : "what an earlier one left turned off: iapeer native-memory on --all",
    });
  }
  const route = routeOf(slot.declaration, directionOf(occasion));
  if (route.by !== "none") return slot.declaration;
  const ignored = slot.ignored.map(({ part, reason }) => `${part} is ignored: ${reason}`);
  throw new IapeerError({
    code: "provider-lacks-direction",
    what: `refused: ${route.reason}`,
    ...(ignored.length === 0 ? {} : { why: ignored.join("; ") }),
    next: "iapeer provider show; ask its author for the missing command",
  });
}

interface Told {
  readonly declaration: ProviderDeclaration;
  readonly occasion: Occasion;
  readonly report: SweepReport;
}

const COUNTED: readonly (readonly [PeerProvisionState, string])[] = [
  ["done", "done"],
  ["failed", "failed"],
  ["interrupted", "interrupted"],
  ["not-started", "not started"],
  ["gone", "no longer registered"],
  ["skipped-no-agentic-runtime", "without an agentic runtime"],
];

function tell(context: VerbContext, { declaration, occasion, report }: Told): VerbExit {
  const { output } = context;
  const { peers, slotChanged } = report;
  const of = (state: PeerProvisionState) => peers.filter((peer) => peer.state === state);
  output.json({
    schema: "iapeer.memory-plugin.v1",
    provider: declaration.provider,
    occasion,
    total: peers.length,
    counts: Object.fromEntries(COUNTED.map(([state]) => [state, of(state).length])),
    slot_changed: slotChanged,
    peers,
  });
  const isCut = of("interrupted").length + of("not-started").length > 0;
  const named = isCut ? COUNTED : COUNTED.filter(([state]) => state === "gone");
  const counts = COUNTED.flatMap(([state, word]) => {
    const count = of(state).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  output.lines([
    ...[...of("failed"), ...of("interrupted")].map((peer) => visible(told(peer))),
    ...(peers.length === 1 ? peers.filter(isPlain).map((peer) => visible(told(peer))) : []),
    `memory ${directionOf(occasion)}: ${counts.join(", ") || "no peers"}`,
    ...named.flatMap(([state, word]) => listed(word, of(state))),
  ]);
  if (slotChanged) output.warn("the memory slot has changed; this went by what it said before");
  const repairs = occasion === "sweep-on" ? of("failed").slice(0, REPAIRS_MAX) : [];
  for (const { personality } of repairs) {
    output.note(`repair: ${commandLine(context, `memory-plugin on --peer ${personality}`)}`);
  }
  return of("failed").length > 0 || isCut ? 1 : 0;
}

/** More are repaired by doing all again. */
const REPAIRS_MAX = 10;

const isPlain = ({ state }: PeerProvision): boolean =>
  state !== "failed" && state !== "interrupted";

const told = ({ personality, state, runtimes }: PeerProvision): string =>
  `${personality}: ${runtimes.length === 0 ? state : provisionSummary(runtimes)}`;

const listed = (word: string, peers: readonly PeerProvision[]): readonly string[] =>
  peers.length === 0 ? [] : [`${word}: ${peers.map(({ personality }) => personality).join(", ")}`];
