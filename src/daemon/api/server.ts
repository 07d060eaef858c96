// The daemon's HTTP API on its unix socket (0600 in a 0700 folder): JSON in, JSON out, bodies
// bounded. Each verb's guards live in the verb.

import type { Supervisor } from "../supervisor.ts";
import { VERBS, type ApiError, type Verb, type VerbRequest } from "../../core/api.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import { parseVerbRequest } from "../../formats/verb-request.ts";
import type { Host } from "../../ports/host.ts";
import { checkPersonality } from "../../rules/names.ts";

export const BODY_BYTES_MAX = 256 * 1024;

/** Time for the answer to a stop to leave before the server does. */
const STOP_DELAY_MS = 50;

export interface ApiDeps {
  readonly host: Host;
  readonly supervisor: Supervisor;
  readonly status: () => DaemonStatus;
  /** Called a moment after a stop was asked for. */
  readonly onStop: () => void;
}

/** Answers one request; never throws. */
export async function answerRequest(deps: ApiDeps, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const parts = pathname.split("/").filter((part) => part !== "");
  if (request.method === "GET") return answerGet(deps, parts);
  if (request.method === "POST") return answerPost(deps, parts, request);
  return failure(405, { code: "method", message: `no ${request.method} here`, next: REFERENCE });
}

function answerGet(deps: ApiDeps, parts: readonly string[]): Response {
  const [first, second, third] = parts;
  if (first === "healthz") return Response.json(deps.status());
  if (first !== "v1") return notFound();
  if (second === "snapshot") return Response.json(deps.supervisor.snapshot());
  if (second === "why" && third !== undefined) {
    const name = checkPersonality(third);
    return name.ok ? Response.json(deps.supervisor.why(name.value)) : notFound();
  }
  return notFound();
}

async function answerPost(
  deps: ApiDeps,
  parts: readonly string[],
  request: Request,
): Promise<Response> {
  const [first, second, third, fourth] = parts;
  if (first !== "v1") return notFound();
  if (second === "daemon" && third === "stop") {
    deps.host.clock.after(STOP_DELAY_MS, deps.onStop);
    return Response.json({ pid: deps.host.processes.self().pid });
  }
  if (second !== "peers" || third === undefined || fourth === undefined) return notFound();
  const verb = VERBS.find((known): known is Verb => known === fourth);
  const name = checkPersonality(third);
  if (verb === undefined || !name.ok) return notFound();
  const body = await readBody(request);
  if (!body.ok) return failure(400, { code: "bad-request", message: body.error, next: REFERENCE });
  const call = { personality: name.value, verb, request: body.value };
  return Response.json(await deps.supervisor.verb(call));
}

async function readBody(
  request: Request,
): Promise<{ ok: true; value: VerbRequest } | { ok: false; error: string }> {
  const text = await request.text();
  if (text.length > BODY_BYTES_MAX) return { ok: false, error: "the body is too large" };
  return parseVerbRequest(text === "" ? "{}" : text);
}

const notFound = (): Response =>
  failure(404, { code: "not-found", message: "nothing here", next: REFERENCE });

const REFERENCE = "ask by the iapeer command: iapeer --help";

const failure = (status: number, error: ApiError["error"]): Response =>
  Response.json({ error } satisfies ApiError, { status });
