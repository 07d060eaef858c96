// `runtimes/<runtime>/launch-env.json` in a peer's folder: what `create --env` made of the
// `launch.env` beside it, so that a removal can take exactly that back. It holds no value of it.

import { Fields, parseJsonObject } from "./fields.ts";

export interface GivenEnv {
  /** So many characters at its beginning were there before. */
  readonly kept: number;
  /** SHA-256 of the whole text as it was left, in hex. */
  readonly sha256: string;
}

export const renderGivenEnv = (given: GivenEnv): string =>
  `${JSON.stringify({ version: 1, ...given })}\n`;

/** Null when it does not parse: then nothing is taken back. */
export function parseGivenEnv(text: string): GivenEnv | null {
  const source = parseJsonObject(text);
  if (!source.ok) return null;
  const fields = new Fields(source.value);
  fields.version(1);
  const read = fields.done<GivenEnv>({
    kept: fields.whole("kept"),
    sha256: fields.text("sha256"),
  });
  return read.ok ? read.value : null;
}
