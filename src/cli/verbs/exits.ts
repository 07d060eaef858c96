// `iapeer exits`: how lives ended. With --json the same, one end record a line (CLI contract).

import type { EndRecord } from "../../core/generation.ts";
import { readExits } from "../../flows/exits.ts";
import { endDocument } from "../../formats/end-document.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";
import { asked, cut, isCutUntold, isNone, newestOf } from "../newest.ts";
import { ENDS_HEAD, endRow } from "../render/ends.ts";
import { renderTable } from "../render/table.ts";
import { visible } from "../render/text.ts";

const SHOWN = 20;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const newest = newestOf(context, SHOWN);
  const app = await context.app();
  const name = args.positional(0);
  const peer = name === undefined ? undefined : peerNamed(app, name);
  const { ends, unreadable, passedOver, leftOut } = readExits(app.host, {
    ...(peer === undefined ? {} : { personality: peer.personality }),
    ...asked(newest),
    lastTryOnly: peer === undefined && !args.has("all"),
  });
  if (!isNone(newest)) print(context, cut(ends, newest));
  if (isCutUntold(ends, newest)) output.note("older ends are left out; --all shows all there are");
  if (leftOut > 0 && !isNone(newest)) {
    const launches = leftOut === 1 ? "earlier launch" : "earlier launches";
    output.note(
      `${leftOut} ${launches} that never started left out; name a peer to see its own, or --all`,
    );
  }
  for (const { path, why } of unreadable) {
    output.warn(`${visible(path)} could not be read: ${visible(why)}`);
  }
  if (passedOver > 0) output.warn(`${passedOver} older generations were not looked at`);
  return unreadable.length > 0 ? 1 : 0;
}

function print({ output }: VerbContext, ends: readonly EndRecord[]): void {
  for (const end of ends) output.json(endDocument(end));
  if (ends.length === 0) output.note("no life has ended yet");
  else {
    output.lines(
      renderTable({ head: ENDS_HEAD, rows: ends.map(endRow), paint: output.paint }),
    );
  }
}
