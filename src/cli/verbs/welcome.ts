// `iapeer` with no verb: on a terminal a short status and the three likeliest next commands.

import type { App } from "../app.ts";
import { usage } from "../args.ts";
import type { VerbExit } from "../context.ts";
import type { Output } from "../output.ts";
import { renderDaemon, renderPeerCounts, renderTroubles } from "../render/status.ts";
import type { CliTerminal } from "../terminal.ts";
import { type HostSeen, type Trouble, troubles } from "../trouble.ts";
import { seeHost } from "./status.ts";

interface Welcome {
  readonly terminal: CliTerminal;
  readonly output: Output;
  readonly app: () => Promise<App>;
}

export async function welcome({ terminal, output, app }: Welcome): Promise<VerbExit> {
  if (!terminal.isTty) throw usage("no verb was given", "see iapeer --help");
  const { host } = await app();
  const seen = await seeHost(await app());
  const hinted = (one: Trouble) => ({ ...one, hint: output.hint(one.hint) });
  const next = likeliest(seen).map(([line, does]) => [output.hint(line), does] as const);
  const width = Math.max(WIDTH_MIN, ...next.map(([line]) => line.length + 2));
  output.lines([
    ...renderTroubles(troubles(seen).slice(0, 5).map(hinted), output.paint),
    renderDaemon(seen.daemon, host.clock.wall()),
    renderPeerCounts(seen.snapshot, output.paint),
    "",
    ...next.map(([line, does]) => `  ${line.padEnd(width)}${output.paint("dim", does)}`),
    "",
    output.paint("dim", "all verbs: iapeer --help"),
  ]);
  return 0;
}

/** Of the commands; one that names a root may be longer. */
const WIDTH_MIN = 36;

/** Out of the hands of a manager that does not run here. */
const LEAVING = "install --manager embedded";

type Next = readonly [line: string, does: string];

/** Three commands, from what is there. */
export function likeliest({ daemon, snapshot, ...how }: HostSeen): readonly Next[] {
  const [first] = snapshot.peers;
  const does = how.isInstalled ? "supervise again" : "supervise, in the background";
  const run: Next =
    daemon.state === "not-running"
      ? [`iapeer daemon ${how.isHolderLacking === true ? LEAVING : "start"}`, does]
      : ["iapeer daemon restart", "supervise again"];
  if (first === undefined) {
    return [
      ["iapeer demo", "see it work, in a scratch folder"],
      ["iapeer create <name> --runtime claude", "create a peer"],
      daemon.state === "running" ? ["iapeer status", "is everything all right?"] : run,
    ];
  }
  const alive = snapshot.peers.find(({ runtimes }) => runtimes.some((r) => r.state === "alive"));
  const name = (alive ?? first).personality;
  return [
    daemon.state === "running" ? ["iapeer top", "watch the fleet"] : run,
    alive === undefined
      ? [`iapeer wake ${name}`, "wake a peer"]
      : [`iapeer attach ${name}`, "look at what it does"],
    [`iapeer why ${name}`, "why it is as it is"],
  ];
}
