// Reading of untyped JSON and writing of server-sent events, for both imitated APIs.

export type Json = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text of a string, or of a list of blocks that carry `text`. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const texts = list(content).map((block) => object(block)["text"]);
  return texts.filter((text) => typeof text === "string").join("\n");
}

export function eventStream(events: readonly Json[]): Response {
  const body = events.map(
    (event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`,
  );
  return new Response(body.join(""), { headers: { "content-type": "text/event-stream" } });
}
