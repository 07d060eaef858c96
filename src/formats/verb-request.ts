// The body of a verb's request on the daemon's socket (core/api.ts).

import { z } from "zod";
import type { VerbRequest } from "../core/api.ts";
import { err, ok, type Result } from "../core/result.ts";

const schema = z.strictObject({
  runtime: z.string().max(32).optional(),
  message: z.string().optional(),
  topic: z.string().optional(),
  mode: z.enum(["fresh", "resume"]).optional(),
  from: z.string().max(128).optional(),
  generation: z.string().max(64).optional(),
  to: z.string().max(64).optional(),
  force: z.boolean().optional(),
  cwd: z.string().max(4096).optional(),
});

export function parseVerbRequest(text: string): Result<VerbRequest> {
  if (text === "{}") return ok({});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err("the body is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data as VerbRequest);
  const issue = parsed.error.issues[0];
  return err(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a request"}`);
}
