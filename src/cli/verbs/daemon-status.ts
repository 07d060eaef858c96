// `iapeer daemon status`: whether it runs, and how it does.

import type { DaemonStatus } from "../../core/snapshot.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { renderDaemon } from "../render/status.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const app = await context.app();
  const status = await app.client.status();
  output.json(status);
  output.lines([renderDaemon(status, app.host.clock.wall()), ...details(status)]);
  if (status.state === "not-running") {
    output.note(`start it in a terminal of its own: ${commandLine(context, "daemon run")}`);
  }
  return status.state === "running" ? 0 : 1;
}

function details(status: DaemonStatus): readonly string[] {
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ["version", status.version],
    ["notices deaths by", status.death_watch],
    ["last pass took", status.tick_ms === undefined ? undefined : `${status.tick_ms} ms`],
    ["peers alive", status.peers_alive],
  ];
  return fields.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${label.padEnd(18)}${value}`],
  );
}
