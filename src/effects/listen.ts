// An HTTP server on a unix socket that only its owner can open.

import { chmodSync } from "node:fs";

import type { ApiError } from "../core/api.ts";
import { err, ok, type Result } from "../core/result.ts";

export interface Listener {
  /** Ends open connections too. */
  stop(): Promise<void>;
}

export interface ListenSpec {
  readonly path: string;
  readonly bodyBytesMax: number;
  readonly answer: (request: Request) => Promise<Response>;
  /** Of a question that could not be answered: what is said instead. */
  readonly onBug: (detail: string) => ApiError;
}

export function listenUnix(spec: ListenSpec): Result<Listener> {
  try {
    const server = Bun.serve({
      unix: spec.path,
      maxRequestBodySize: spec.bodyBytesMax,
      fetch: (request, self) => {
        // A wake may wait for a boot; Bun ends a silent request after 10 s unless told not to.
        self.timeout(request, 0);
        return spec.answer(request);
      },
      error: (error) => {
        return Response.json(spec.onBug(error.stack ?? error.message), { status: 500 });
      },
    });
    chmodSync(spec.path, 0o600);
    return ok({ stop: () => server.stop(true) });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
