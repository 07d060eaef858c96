// A scripted model on loopback: speaks enough of both vendors' streaming APIs for the real
// agents to work without a network, and records every request that they make.

import { claudeReply, claudeRequest } from "./model-claude.ts";
import { codexReply, codexRequest } from "./model-codex.ts";

/** `title`: a request that the agent makes for itself (a session's title, a task's name). */
export type RequestKind = "turn" | "title";

export interface ModelRequest {
  readonly agent: "claude" | "codex";
  readonly kind: RequestKind;
  /** System blocks or developer items, joined: where a doctrine arrives. */
  readonly system: string;
  /** Text of every message of the conversation, oldest first. */
  readonly conversation: readonly { readonly role: string; readonly text: string }[];
  /** What the person said last, without what the agent put around it. */
  readonly latest: string;
}

export type ModelReply =
  | { readonly text: string }
  /** The agent calls its own tool, and asks again with the outcome. */
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly error: string; readonly message: string };

/** May wait: an unresolved promise keeps the agent busy for as long as the test needs. */
export type Script = (request: ModelRequest) => ModelReply | Promise<ModelReply>;

export interface ModelServer {
  readonly port: number;
  readonly requests: readonly ModelRequest[];
  /** Paths asked for that the server does not know. */
  readonly strangers: readonly string[];
  /** Turns only; the agents' own requests left out. */
  turns(): readonly ModelRequest[];
  script(script: Script): void;
  /** Headers that come with every answer from now on. */
  answerWith(headers: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

const echo: Script = (request) => ({ text: `You said: ${request.latest}` });

export function startModelServer(): ModelServer {
  const requests: ModelRequest[] = [];
  const strangers: string[] = [];
  let script = echo;
  let headers: Readonly<Record<string, string>> = {};
  const decide = async (request: ModelRequest): Promise<ModelReply> => {
    requests.push(request);
    return request.kind === "title" ? { text: '{"title": "A test"}' } : await script(request);
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    // A held answer is silent for longer than the default of ten seconds.
    idleTimeout: 0,
    routes: {
      "/": () => new Response(null, { status: 200 }),
      "/v1/messages/count_tokens": { POST: () => Response.json({ input_tokens: 100 }) },
      "/v1/messages": {
        POST: async (request) => {
          const asked = claudeRequest(await request.json());
          return withHeaders(claudeReply(await decide(asked)), headers);
        },
      },
      "/v1/responses": {
        POST: async (request) => {
          const asked = codexRequest(await request.json());
          return withHeaders(codexReply(await decide(asked)), headers);
        },
      },
    },
    fetch: (request) => {
      strangers.push(`${request.method} ${new URL(request.url).pathname}`);
      const error = { type: "not_found_error", message: "none" };
      return Response.json({ error }, { status: 404 });
    },
  });
  return {
    port: server.port ?? 0,
    requests,
    strangers,
    turns: () => requests.filter((request) => request.kind === "turn"),
    script: (next) => {
      script = next;
    },
    answerWith: (next) => {
      headers = next;
    },
    stop: () => server.stop(true),
  };
}

function withHeaders(answer: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
