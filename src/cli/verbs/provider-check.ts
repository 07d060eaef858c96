// `iapeer provider check`: a memory provider put to the test, point by point (memory-provider
// contract, "For provider authors").

import { basename, join, resolve } from "node:path";
import { checkProvider, type CheckPoint } from "../../flows/provision/check.ts";
import { readDeclaration } from "../../flows/provision/slot.ts";
import { shellWord } from "../../formats/sh-quote.ts";
import type { Host } from "../../ports/host.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import type { Hue } from "../render/color.ts";
import { counted, visible } from "../render/text.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, env, output, terminal } = context;
  const { host } = await context.app();
  const given = args.positional(0);
  const path = given === undefined ? host.layout.memoryProvider : resolve(context.cwd, given);
  const scratch = join(temporaryFolder(host.files, env), `iapeer-check-${host.ids.short()}`);
  const reading = readDeclaration(host, path);
  host.files.makeFolder(scratch);
  try {
    const points = await checkProvider(host, {
      reading,
      path,
      scratch,
      interrupted: terminal.interrupted,
      onPoint: (point) => output.line(line(context, point)),
    });
    const exit = tell(context, { path, points, isCut: terminal.interrupted.aborted });
    const next = reading.state === "empty" ? "provider init" : checkInside(host, path);
    if (next !== null && !output.isJson) output.note(`next: ${commandLine(context, next)}`);
    return exit;
  } finally {
    host.files.removeTree(scratch);
  }
}

/** Null: it is no folder with a declaration in it. */
function checkInside({ files, layout }: Host, path: string): string | null {
  const inside = join(path, basename(layout.memoryProvider));
  return files.stat(inside).state === "ok" ? `provider check ${shellWord(inside)}` : null;
}

interface Checked {
  readonly path: string;
  readonly points: readonly CheckPoint[];
  readonly isCut: boolean;
}

function tell({ output }: VerbContext, { path, points, isCut }: Checked): VerbExit {
  const of = (wanted: CheckPoint["result"]) =>
    points.filter(({ result }) => result === wanted).length;
  const counts = { ok: of("ok"), warn: of("warn"), failed: of("failed") };
  const doc = { schema: "iapeer.provider-check.v1", path, complete: !isCut, counts, points };
  output.json(doc);
  const cut = isCut ? "interrupted: " : "";
  const warnings = counted(counts.warn, "warning");
  output.line(`${cut}${counts.ok} hold, ${warnings}, ${counts.failed} do not hold`);
  return counts.failed > 0 || isCut ? 1 : 0;
}

const HUES: Readonly<Record<CheckPoint["result"], Hue>> = {
  ok: "green",
  warn: "yellow",
  failed: "red",
};

function line({ output }: VerbContext, { point, result, detail }: CheckPoint): string {
  const said = detail === "" ? "" : `  ${output.paint("dim", visible(detail))}`;
  return `${output.paint(HUES[result], result.padEnd(6))}  ${visible(point)}${said}`;
}
