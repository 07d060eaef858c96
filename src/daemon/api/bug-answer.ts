// What the daemon answers where it has failed at a question: the log has the rest. It loads parts
// of its program when it first needs them, and says so where that program has been removed.

import type { ApiError } from "../../core/api.ts";
import type { Host } from "../../ports/host.ts";

export function bugAnswer({ log, files, facts }: Host, detail: string): ApiError {
  log.write("lifecycle", { ev: "bug", fields: { about: "api", detail } });
  const [, main = ""] = facts.program;
  if (main === "" || files.statTarget(main).state !== "missing") return SEE_LOG;
  return {
    error: {
      code: "program-gone",
      message: `the program that it runs from, ${main}, has been removed`,
      next: "iapeer daemon restart",
    },
  };
}

const SEE_LOG: ApiError = {
  error: { code: "bug", message: "see lifecycle.log", next: "iapeer daemon status" },
};
