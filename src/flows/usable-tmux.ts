// Whether there is a tmux that sessions can live in: nothing starts before that is known.

import { IapeerError } from "../core/error.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Host } from "../ports/host.ts";

export async function usableTmux({ tmux }: Host): Promise<Result<void, IapeerError>> {
  const found = await tmux.version();
  if (found.state === "ok") return ok(undefined);
  return err(
    new IapeerError({
      code: "tmux-missing",
      what: "tmux cannot be used",
      why: found.detail,
      next: "install tmux 3.2 or newer: apt install tmux, or brew install tmux",
    }),
  );
}
