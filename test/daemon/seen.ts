// A living peer that somebody of our own looks at, and all that asks for a full look at it: for the
// tests of what is still.

import { monoMs, wallMs } from "../../src/core/brand.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import type { InactionReason } from "../../src/core/states.ts";
import { createLive, type Live } from "../../src/daemon/live.ts";
import { adopt } from "../../src/daemon/members.ts";
import { isStill, noteStill, type Round } from "../../src/daemon/still.ts";
import { armLife } from "../../src/daemon/watches.ts";
import type { Host } from "../../src/ports/host.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { ProgramRun } from "../fakes/programs.ts";
import type { Manned } from "../fakes/sim-world.ts";
import { Scene } from "../sim/scene.ts";

export interface Seen {
  readonly scene: Scene;
  readonly host: Host;
  readonly live: Live;
}

export const none = (live: Live, why: InactionReason, untilWall?: number): Decision => ({
  identity: live.identity,
  generation: live.doc.generation,
  action: "none",
  why,
  ...(untilWall === undefined ? {} : { untilWall: wallMs(untilWall) }),
});

/** A living peer, looked at by somebody of our own. */
export async function seen(config: Partial<Host["config"]> = {}): Promise<Seen> {
  const scene = await Scene.of({ peers: { echo: {} }, config });
  await scene.ask("echo", "wake");
  work(scene);
  await scene.pass(10);
  const manned: Manned = scene.world.man();
  const { host, watch } = manned;
  const identity = scene.identity("echo");
  const names = { identity, runtime: PLAIN, personality: "echo" as Live["personality"] };
  const live = createLive(names, null);
  adopt(host, live);
  armLife({ host, watch, onExit: () => undefined }, live);
  live.still = noteStill(host, live, none(live, "always-on"));
  return { scene, host, live };
}

const now = ({ host }: Seen) => ({ wall: host.clock.wall() });
/** Of a kernel that tells nothing about all of them at once. */
const UNTOLD = { caughtUp: false, changed: null } as const;

export const still = (of: Seen, told: Omit<Round, "now"> = UNTOLD): boolean =>
  isStill(of.host, of.live, { now: now(of), ...told });

const END: EndRecord = {
  version: 1,
  ev: "server-exit",
  identity: `${PLAIN}-echo` as EndRecord["identity"],
  generation: "20250106T090000000Z-abcd" as EndRecord["generation"],
  ts: "2025-01-06T09:00:00.000Z",
  by: "canary",
  cause: "server-vanished",
  verdict: { oom: "unknown", ours: false, confidence: "unknown" },
};

export function work(scene: Scene): void {
  const { program } = scene.server("echo").pane;
  if (!(program instanceof ProgramRun)) throw new Error("no program of ours");
  program.work();
}

/** Each by itself asks for a full look. */
export const CHANGES: Readonly<Record<string, (of: Seen) => void>> = {
  "its server dies": ({ scene }) => scene.kill(scene.server("echo").process),
  "its pane dies": ({ scene }) => scene.kill(scene.server("echo").pane.process),
  "it prints": ({ scene }) => work(scene),
  "the log of its pane is gone": ({ host, live }) => {
    host.files.remove(host.layout.paneLog(live.identity));
  },
  "its document is another": ({ live }) => void (live.doc = { ...live.doc }),
  "its record is another": ({ live }) => {
    if (live.start !== null) live.start = { ...live.start };
  },
  "its record is gone": ({ live }) => void (live.start = null),
  "its profile is another": ({ live }) => {
    live.presence = { identity: live.identity, runtime: PLAIN, peer: {} as never };
  },
  "its canary is gone": ({ live }) => void (live.canary = null),
  "a part is not watched": ({ live }) => void live.armed.delete("pane"),
  "a part was seen dead": ({ live }) => void live.deadAtMono.set("pane", monoMs(1)),
  "its end is known": ({ live }) => void (live.end = END),
  "its end is owed": ({ live }) => void (live.owed = END),
  "its record is owed": ({ live }) => void (live.startOwed = true),
  "its document cannot be read": ({ live }) => void (live.docKnown = false),
  "nothing is sure": ({ live }) => void (live.unsure = true),
  "it is being launched": ({ live }) => void (live.launching = true),
  "it is being readied": ({ live }) => void (live.readying = true),
  "the clock has jumped": ({ live }) => void (live.idleFloorMono = monoMs(1)),
  "the clock was set back": ({ live }) => void (live.frozen = [0, 0, 0]),
};

/** No multiple of the passes after which each is looked at in its turn. */
export const AGENT_IDLE_MS = 17 * 60_000;

/** An agent that has been still for two passes; its full looks are counted from here on. */
export async function supervisedAgent() {
  const peers = { ann: { default_runtime: AGENT } };
  const scene = await Scene.of({ peers, config: { idleMs: AGENT_IDLE_MS } });
  const runtime = scene.world.runtimes.get(AGENT);
  if (runtime === undefined) throw new Error("no agent");
  const lastActivity = runtime.lastActivity.bind(runtime);
  const looks = { count: 0 };
  runtime.lastActivity = (...args) => {
    looks.count += 1;
    return lastActivity(...args);
  };
  await scene.ask("ann", "wake");
  const { tickMs } = scene.world.config;
  await scene.pass(2 * tickMs);
  looks.count = 0;
  return { scene, looks, tickMs };
}
