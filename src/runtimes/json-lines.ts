// Transcripts are JSON, one document a line, written by other programs while we read: a line
// that is cut or is not an object is passed over.

export type JsonObject = Readonly<Record<string, unknown>>;

export function parseLines(text: string): readonly JsonObject[] {
  const found: JsonObject[] = [];
  for (const line of text.split("\n")) {
    const parsed = parseLine(line);
    if (parsed !== null) found.push(parsed);
  }
  return found;
}

export function parseLine(line: string): JsonObject | null {
  if (!line.startsWith("{")) return null;
  try {
    return asObject(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export const asObject = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
