// `iapeer top`: a live table that redraws in place until q or Ctrl-C, and scrolls.

import type { PeerRow, PresenceRow } from "../../core/snapshot.ts";
import type { PeerState } from "../../core/states.ts";
import type { App } from "../app.ts";
import { usage } from "../args.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { renderFleet } from "../render/fleet.ts";
import { renderDaemon, renderPeerCounts } from "../render/status.ts";
import { fitted, scrolled, type Window } from "../render/window.ts";
import type { HostSeen } from "../trouble.ts";
import { seeHost } from "./status.ts";

const EVERY_MS = 1000;
const EVERY_MS_MIN = 100;

/** Without wrapping: in a terminal that has just become narrower no line pushes others out. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const WHOLE_LINE = "\u001b[2K";
const TO_SCREEN_END = "\u001b[J";
/** In raw mode Ctrl-C and Ctrl-D come as keys, not as signals. */
const ENDING_KEYS = ["q", "Q", "\u0003", "\u0004"];

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, terminal } = context;
  const app = await context.app();
  const everyMs = args.durationMs("every") ?? EVERY_MS;
  if (everyMs < EVERY_MS_MIN) {
    throw usage(`--every is at least ${EVERY_MS_MIN}ms`, "for instance --every 2s");
  }
  if (args.has("once") || output.isJson || !terminal.isTty) {
    const seen = await seeHost(app);
    output.json({
      schema: "iapeer.top.v1",
      daemon: seen.daemon,
      peers: worstFirst(seen.snapshot.peers),
    });
    output.lines(frame(context, app, seen));
    return 0;
  }
  return live(context, app, everyMs);
}

async function live(context: VerbContext, app: App, everyMs: number): Promise<VerbExit> {
  const { terminal } = context;
  const ended = new AbortController();
  const end = () => ended.abort();
  terminal.interrupted.addEventListener("abort", end, { once: true });
  let window: Window = { head: [], body: [], from: 0 };
  const draw = () => {
    const lines = fitted(window, terminal, context.output.hint("iapeer list"));
    const drawn = lines.map((line) => `${WHOLE_LINE}${line}`).join("\r\n");
    terminal.out(`${HOME}${drawn}${TO_SCREEN_END}`);
  };
  const unwatch = terminal.watchKeys((keys) => {
    if (ENDING_KEYS.some((key) => keys.includes(key))) return end();
    const from = scrolled(window, terminal.rows, keys);
    if (from === window.from) return;
    window = { ...window, from };
    draw();
  });
  terminal.out(ENTER);
  try {
    while (!ended.signal.aborted) {
      const lines = frame(context, app, await seeHost(app));
      window = { ...window, head: lines.slice(0, HEAD_LINES), body: lines.slice(HEAD_LINES) };
      draw();
      await app.host.clock.sleep(everyMs, ended.signal);
    }
  } finally {
    terminal.out(LEAVE);
    unwatch();
  }
  return 0;
}

/** Of a frame, with the head of its table. */
const HEAD_LINES = 4;

function frame(context: VerbContext, app: App, seen: HostSeen): readonly string[] {
  const { output, terminal } = context;
  const now = app.host.clock.wall();
  const columnsMax = terminal.isTty ? terminal.columns : undefined;
  return [
    renderDaemon(seen.daemon, now),
    renderPeerCounts(seen.snapshot, output.paint),
    "",
    ...renderFleet({
      peers: worstFirst(seen.snapshot.peers),
      now,
      paint: output.paint,
      ...(columnsMax === undefined ? {} : { columnsMax }),
    }),
  ];
}

const RANK: Readonly<Record<PeerState | "not-started" | "not-ready", number>> = {
  "crash-looped": 0,
  "not-started": 1,
  "not-ready": 2,
  unknown: 3,
  starting: 4,
  alive: 5,
  managed: 6,
  stopped: 7,
  asleep: 8,
};

function troubleOf({ state, not_started, not_ready }: PresenceRow): keyof typeof RANK {
  if (not_started !== undefined) return "not-started";
  return not_ready === undefined ? state : "not-ready";
}

/** What needs a look comes before what rests; the order is stable between two frames. */
export function worstFirst(peers: readonly PeerRow[]): readonly PeerRow[] {
  const rank = ({ runtimes }: PeerRow) =>
    Math.min(...runtimes.map((row) => RANK[troubleOf(row)]), RANK.asleep);
  return peers.toSorted(
    (a, b) => rank(a) - rank(b) || (a.personality < b.personality ? -1 : 1),
  );
}
