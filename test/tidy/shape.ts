// How files look: sizes, names, and the header that says what a file is for.

import { functionsIn } from "./functions.ts";
import { isTypeScript, type Finding, type SourceFile } from "./tree.ts";

export const FILE_LINES_MAX = 250;
export const FUNCTION_LINES_MAX = 70;
export const COLUMNS_MAX = 100;
export const HEADER_LINES_MAX = 4;

/** Files over the limits that are let be, with the size they may not exceed: it only shrinks. */
export const RATCHET: Readonly<Record<string, number>> = {};

export const checkShape = (files: readonly SourceFile[]): Finding[] => [
  ...files.flatMap(checkName),
  ...files.filter(isTypeScript).flatMap((file) => [
    ...checkLines(file),
    ...checkFunctions(file),
    ...checkHeader(file),
  ]),
];

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

function checkLines(file: SourceFile): Finding[] {
  const lines = linesOf(file.text);
  const limit = RATCHET[file.path] ?? FILE_LINES_MAX;
  const found: Finding[] = [];
  if (lines.length > limit) {
    const message = `${lines.length} lines, more than ${limit}; split it by its nouns`;
    found.push({ path: file.path, line: limit + 1, message });
  }
  lines.forEach((text, index) => {
    const columns = Array.from(text).length;
    if (columns <= COLUMNS_MAX) return;
    const message = `${columns} columns, more than ${COLUMNS_MAX}; break the line`;
    found.push({ path: file.path, line: index + 1, message });
  });
  return found;
}

const checkFunctions = (file: SourceFile): Finding[] =>
  functionsIn(file.text)
    .filter(({ lines, container }) => lines > FUNCTION_LINES_MAX && !container)
    .map(({ line, lines }) => ({
      path: file.path,
      line,
      message: `a function of ${lines} lines, more than ${FUNCTION_LINES_MAX}; name its parts`,
    }));

function checkHeader(file: SourceFile): Finding[] {
  const lines = linesOf(file.text);
  if (lines[0]?.startsWith("#!") === true) lines.shift();
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const length = end < 0 ? lines.length : end;
  if (length > 0 && length <= HEADER_LINES_MAX) return [];
  const message =
    length === 0
      ? "no header; begin with one to four // lines: what it is, which contract, why it exists"
      : `a header of ${length} lines, more than ${HEADER_LINES_MAX}; say less`;
  return [{ path: file.path, line: 1, message }];
}

const KEBAB = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** Names that the world outside expects as they are. */
const CUSTOMARY = /^(?:[A-Z]+(?:\.md)?|Dockerfile)$/;
const SAYS_NOTHING = /^(?:utils?|helpers?|common|misc|stuff)(?:\.|$)/;
/** Expected output that is named after what it came from. */
const UNRULED = /^(?:launchd|test\/[a-z-]+\/(?:golden|fixtures))\//;

function checkName({ path }: SourceFile): Finding[] {
  if (UNRULED.test(path)) return [];
  return path.split("/").flatMap((part) => {
    if (SAYS_NOTHING.test(part)) {
      return [{ path, line: 1, message: `"${part}" says nothing; name it after its noun or rule` }];
    }
    if (KEBAB.test(part) || CUSTOMARY.test(part)) return [];
    return [{ path, line: 1, message: `"${part}" is not kebab-case` }];
  });
}
