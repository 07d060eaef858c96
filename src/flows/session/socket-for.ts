// Where the tmux server of an identity listens (lifecycle §7).

import type { Identity } from "../../core/names.ts";
import type { Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { socketPath } from "../../rules/socket-path.ts";

export function socketFor(host: Host, identity: Identity): Result<string> {
  const hash = () => new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 12);
  return socketPath(host.layout.runDir, identity, hash);
}
