// The part of OpenAI's Responses API that codex needs for a turn of plain text.

import { eventStream, type Json, list, object, textOf } from "./model-json.ts";
import type { ModelReply, ModelRequest } from "./model-server.ts";

export function codexRequest(body: unknown): ModelRequest {
  const asked = object(body);
  const items = list(asked["input"])
    .map(object)
    .filter((item) => item["type"] === "message" || item["role"] !== undefined)
    .map((item) => ({ role: String(item["role"]), text: textOf(item["content"]) }));
  const developer = items.filter((item) => item.role === "developer").map((item) => item.text);
  const conversation = items.filter((item) => item.role !== "developer");
  const system = [textOf(asked["instructions"]), ...developer].join("\n");
  // A task's title is asked for with a JSON format and without tools.
  const kind = list(asked["tools"]).length > 0 ? "turn" : "title";
  return { agent: "codex", kind, system, conversation, latest: conversation.at(-1)?.text ?? "" };
}

export function codexReply(reply: ModelReply): Response {
  if ("status" in reply) {
    const error = { type: reply.error, code: reply.error, message: reply.message };
    return Response.json({ error }, { status: reply.status });
  }
  return eventStream("text" in reply ? sayText(reply.text) : useTool(reply));
}

function sayText(text: string): readonly Json[] {
  const open = { type: "message", role: "assistant", id: `msg_${Bun.randomUUIDv7()}`, content: [] };
  const done = { ...open, content: [{ type: "output_text", text }] };
  return turn(open, done, [{ type: "response.output_text.delta", output_index: 0, delta: text }]);
}

function useTool(call: { tool: string; input: Json }): readonly Json[] {
  const id = Bun.randomUUIDv7();
  const open = { type: "function_call", id: `fc_${id}`, call_id: `call_${id}`, name: call.tool };
  const done = { ...open, arguments: JSON.stringify(call.input) };
  return turn({ ...open, arguments: "" }, done, []);
}

function turn(open: Json, done: Json, deltas: readonly Json[]): readonly Json[] {
  const id = `resp_${Bun.randomUUIDv7()}`;
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  return [
    { type: "response.created", response: { id } },
    { type: "response.output_item.added", output_index: 0, item: open },
    ...deltas,
    { type: "response.output_item.done", output_index: 0, item: done },
    { type: "response.completed", response: { id, output: [done], usage } },
  ];
}
