// Files that are not this root's are never overwritten, ended or deleted.

import type { JobOwner, ServiceAnswer } from "../core/service.ts";

type Refusal = Extract<ServiceAnswer, { state: "refused-foreign" }>;

/** Null: it is ours, or nobody's. */
export function refusal(owner: JobOwner, path: string): Refusal | null {
  switch (owner.owner) {
    case "ours":
    case "absent":
      return null;
    case "another-root":
      return {
        state: "refused-foreign",
        path,
        reason: `${path} belongs to the root ${owner.root}`,
        next: `iapeer --root '${owner.root.replaceAll("'", String.raw`'\''`)}' daemon uninstall`,
      };
    case "foreign":
      return {
        state: "refused-foreign",
        path,
        reason: `${path} is not iapeer's: ${owner.detail}`,
        next: `look at it, and move it away if nothing needs it: mv '${path}' ~/`,
      };
  }
}
