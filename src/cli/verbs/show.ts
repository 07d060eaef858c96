// `iapeer show`: everything about one peer (CLI contract, "Fixed forms").

import type { EndRecord } from "../../core/generation.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { PeerRow, RememberedDecision } from "../../core/snapshot.ts";
import { readExits } from "../../flows/exits.ts";
import { endDocument } from "../../formats/end-document.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed, rowOf, tellWhence } from "../look.ts";
import { ENDS_HEAD, endRow } from "../render/ends.ts";
import { ago, hueOf } from "../render/fleet.ts";
import { renderTable } from "../render/table.ts";
import { visible } from "../render/text.ts";
import { whyOf } from "./why.ts";

const ENDS_SHOWN = 10;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const app = await context.app();
  const peer = peerNamed(app, args.required(0));
  const [row, { report, ...whence }] = await Promise.all([
    rowOf(app, peer),
    whyOf(app, peer.personality),
  ]);
  const { ends } = readExits(app.host, { personality: peer.personality, newest: ENDS_SHOWN });
  const decisions = report.presences.flatMap((presence) => presence.decisions);
  const { cwd: _, ...profile } = peer;
  const told = { profile, ends: ends.map(endDocument), decisions, queue: [] };
  output.json({ schema: "iapeer.show.v1", ...row, ...told });
  output.lines([
    ...profileLines(peer, row),
    ...presenceLines(context, row, app.host.clock.wall()),
    ...endLines(context, ends),
    ...decisionLines(decisions),
  ]);
  if (whence.silent === true) tellWhence(context, whence);
  return 0;
}

function profileLines(peer: RegistryEntry, row: PeerRow): readonly string[] {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["name", peer.personality],
    ["description", peer.description === "" ? undefined : peer.description],
    ["intelligence", row.intelligence],
    ["folder", peer.cwd],
    ["runtimes", peer.runtimes.join(", ")],
    ["default", peer.runtimes.length > 1 ? peer.default_runtime : undefined],
    ["wakes", peer.wake_policy],
    ["always on", peer.always_on ? "yes" : undefined],
    ["command", peer.command === undefined ? undefined : JSON.stringify(peer.command.argv)],
    ["ready when", peer.command?.ready],
    ["said first", peer.initial_prompt],
    ["interfaces", Object.keys(peer.interfaces).join(", ") || undefined],
    ["env file", peer.env_file],
  ];
  return fields.flatMap(([label, value]) =>
    value === undefined ? [] : [`${label.padEnd(13)}${visible(value)}`],
  );
}

function presenceLines(
  { output }: VerbContext,
  row: PeerRow,
  now: Parameters<typeof ago>[1],
): readonly string[] {
  return row.runtimes.flatMap((presence) => [
    "",
    `${presence.identity}: ${output.paint(hueOf(presence.state), presence.state)}` +
      (presence.since === null ? "" : ` for ${ago(presence.since, now)}`),
    ...(presence.generation === undefined ? [] : [`  generation  ${presence.generation}`]),
    ...(presence.server_pid === undefined ? [] : [`  tmux server ${presence.server_pid}`]),
    ...(presence.pane_pid === undefined ? [] : [`  process     ${presence.pane_pid}`]),
    ...(presence.last_active === undefined
      ? []
      : [`  last active ${ago(presence.last_active, now)} ago`]),
    ...(presence.not_started === undefined
      ? []
      : [`  not started ${visible(presence.not_started)}`]),
    ...(presence.not_ready === undefined
      ? []
      : [`  not ready   ${visible(presence.not_ready)}`]),
    ...(presence.getting_ready === undefined
      ? []
      : ["  not ready   not yet: it is waited for"]),
    ...(presence.attached > 0 ? [`  attached    ${presence.attached}`] : []),
  ]);
}

function endLines({ output }: VerbContext, ends: readonly EndRecord[]): readonly string[] {
  if (ends.length === 0) return [];
  return ["", ...renderTable({ head: ENDS_HEAD, rows: ends.map(endRow), paint: output.paint })];
}

function decisionLines(decisions: readonly RememberedDecision[]): readonly string[] {
  if (decisions.length === 0) return [];
  return [
    "",
    ...decisions.map(
      ({ ts, identity, action, cause }) => `${ts}  ${identity}  ${action} (${visible(cause)})`,
    ),
  ];
}
