// What bun says of a program that it cannot build or run: the error, among the lines that show
// where it is. Pure.

const ERROR = /^(?:error|[A-Z][A-Za-z]*Error): /;

/** In one line, with its place where that follows; null when there is no such line. */
export function errorIn(said: string): string | null {
  const lines = said.split("\n");
  const at = lines.findIndex((line) => ERROR.test(line));
  if (at === -1) return null;
  const place = lines[at + 1]?.trim() ?? "";
  return [lines[at], ...(place.startsWith("at ") ? [place] : [])].join(" ");
}
