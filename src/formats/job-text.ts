// What can stand in a plist and in a unit alike. Neither can hold a control character in a way
// that every reader understands, so it is refused by name instead of being changed on the way.

import type { ServiceJob } from "../core/service.ts";

/** XML 1.0 has no escape for these, systemd takes them for garbage. */
const NO_TEXT = /[\p{Cc}\p{Cs}\uFDD0-\uFDEF]|[\uFFFE\uFFFF]|[\u{1FFFE}\u{1FFFF}]/u;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Null when it can be written. */
export function textObjection(what: string, text: string): string | null {
  const found = NO_TEXT.exec(text)?.[0];
  if (found === undefined) return null;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const kind = /\p{Cc}/u.test(found) ? "a control character" : "a character that is no text";
  return `${what} holds ${kind} (U+${code}), which cannot be written`;
}

/** Everything against a job, whichever manager is to hold it. */
export function jobObjections(job: ServiceJob): readonly string[] {
  const [program = ""] = job.argv;
  const paths = { "the folder": job.cwd, stdout: job.stdout, stderr: job.stderr, root: job.root };
  return [
    ...(program.startsWith("/") ? [] : [`the program ${JSON.stringify(program)} is no full path`]),
    ...Object.entries(paths)
      .filter(([, path]) => !path.startsWith("/"))
      .map(([what, path]) => `${what} ${JSON.stringify(path)} is no full path`),
    ...Object.entries(paths).map(([what, path]) => textObjection(what, path)),
    ...job.argv.map((word, index) => textObjection(`argument ${index}`, word)),
    ...Object.entries(job.env).flatMap(([name, value]) => [
      NAME.test(name) ? null : `${JSON.stringify(name)} is no variable's name`,
      textObjection(name, value),
    ]),
    textObjection("the description", job.description),
    textObjection("the build", job.build),
  ].filter((objection) => objection !== null);
}
