// `iapeer provider init`: a working memory provider to start from. Nothing is installed.

import { resolve } from "node:path";
import { IapeerError } from "../../core/error.ts";
import { SAMPLE_DECLARATION, sampleProvider } from "../../formats/provider-sample.ts";
import { usage } from "../args.ts";
import { commandLine } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { quoted } from "../rooted.ts";
import { visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, program } = context;
  const asked = args.positional(0) ?? "memory-provider";
  // As of a variable that is not set: the present folder is not what was meant.
  if (asked === "") throw usage("provider init was given a folder without a name", NAMELESS);
  const dir = resolve(context.cwd, asked);
  const { files, layout } = (await context.app()).host;
  const sample = sampleProvider({ dir, bun: program[0] ?? "bun" });
  const paths = sample.map((file) => ({ ...file, path: `${dir}/${file.name}` }));
  for (const { path } of paths) {
    if (files.stat(path).state !== "missing") throw notWritten(path, "there is something already");
  }
  // The mode of a folder that is there is a person's choice.
  if (files.stat(dir).state === "missing") {
    const made = files.makeFolder(dir, 0o755);
    if (made.state === "failed") throw notWritten(dir, made.detail);
  }
  for (const { path, text, mode } of paths) {
    const written = files.writeAtomic(path, text, { mode });
    if (written.state === "failed") throw notWritten(path, written.detail);
  }
  output.json({ schema: "iapeer.provider-init.v1", dir, files: paths.map(({ path }) => path) });
  output.lines(paths.map(({ path }) => visible(`wrote ${path}`)));
  const declaration = quoted(`${dir}/${SAMPLE_DECLARATION}`);
  const slot = quoted(layout.memoryProvider);
  output.note(visible(`check it:   ${commandLine(context, `provider check ${declaration}`)}`));
  output.note(visible(`install it: cp ${declaration} ${slot}.new && mv ${slot}.new ${slot}`));
  return 0;
}

const NAMELESS = "without one it is memory-provider here: iapeer provider init";

const notWritten = (path: string, why: string): IapeerError =>
  new IapeerError({
    code: "sample-not-written",
    what: `cannot write ${path}`,
    why,
    next: "give another folder: iapeer provider init <dir>",
  });
