// The part of Anthropic's Messages API that claude needs for a turn of plain text.

import { eventStream, type Json, list, object, textOf } from "./model-json.ts";
import type { ModelReply, ModelRequest } from "./model-server.ts";

export function claudeRequest(body: unknown): ModelRequest {
  const asked = object(body);
  const system = textOf(asked["system"]);
  const conversation = list(asked["messages"]).map((message) => ({
    role: String(object(message)["role"]),
    text: textOf(object(message)["content"]),
  }));
  // A turn offers tools; what claude asks for itself (a title, a warm-up) does not.
  const kind = list(asked["tools"]).length > 0 ? "turn" : "title";
  return { agent: "claude", kind, system, conversation, latest: latestOf(asked["messages"]) };
}

/** claude puts reminders of its own before the person's words, and notes to the model after. */
function latestOf(messages: unknown): string {
  const last = list(messages).findLast((message) => object(message)["role"] === "user");
  const content = object(last)["content"];
  return textOf(Array.isArray(content) ? content.slice(-1) : content);
}

export function claudeReply(reply: ModelReply): Response {
  if ("status" in reply) {
    const error = { type: reply.error, message: reply.message };
    return Response.json({ type: "error", error }, { status: reply.status });
  }
  return eventStream("text" in reply ? turn(sayText(reply.text)) : turn(useTool(reply)));
}

interface Content {
  readonly block: Json;
  readonly delta: Json;
  readonly stop: "end_turn" | "tool_use";
}

const sayText = (text: string): Content => ({
  block: { type: "text", text: "" },
  delta: { type: "text_delta", text },
  stop: "end_turn",
});

const useTool = (call: { tool: string; input: Json }): Content => ({
  block: { type: "tool_use", id: `toolu_${Bun.randomUUIDv7()}`, name: call.tool, input: {} },
  delta: { type: "input_json_delta", partial_json: JSON.stringify(call.input) },
  stop: "tool_use",
});

function turn(content: Content): readonly Json[] {
  const message = {
    id: `msg_${Bun.randomUUIDv7()}`,
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  };
  return [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: content.block },
    { type: "content_block_delta", index: 0, delta: content.delta },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: content.stop, stop_sequence: null },
      usage: { output_tokens: 5 },
    },
    { type: "message_stop" },
  ];
}
