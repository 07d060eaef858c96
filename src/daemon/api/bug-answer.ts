// What the daemon answers where it has failed at a question: the log has the rest. It loads parts
// of its program when it first needs them, and says so where that program has been removed.

import { noteBug } from "../bug.ts";
import type { ApiError } from "../../core/api.ts";
import type { Host } from "../../ports/host.ts";

export function bugAnswer(host: Host, detail: string): ApiError {
  noteBug(host, { about: "api" }, detail);
  const { files, facts } = host;
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
