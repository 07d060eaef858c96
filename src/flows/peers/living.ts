// Who is alive in a root, whatever its registry says: by every identity that something is kept
// under, and by every socket.

import { basename } from "node:path";
import { identitiesOf, type RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { socketFor } from "../session/socket-for.ts";
import { listNames } from "../storage/list-names.ts";
import { sessionLiveness } from "./purge.ts";
import { knownIdentities } from "./verify-state.ts";

/** Names of those that are alive, or may be; of a socket that is nobody's, its own. */
export function livingSessions(
  host: Host,
  peers: readonly RegistryEntry[],
): readonly string[] {
  const { runDir, daemonSocket } = host.layout;
  const known = [...new Set([...identitiesOf(peers), ...knownIdentities(host)])];
  const theirs = new Set(
    known.flatMap((identity) => {
      const socket = socketFor(host, identity);
      return socket.ok ? [basename(socket.value)] : [];
    }),
  );
  const strangers = listNames(host, runDir).filter((name) => {
    const isSession = name.endsWith(".sock") && `${runDir}/${name}` !== daemonSocket;
    if (!isSession || theirs.has(name)) return false;
    const probe = host.tmux.probe(`${runDir}/${name}`);
    return probe === "answers" || probe === "unknown";
  });
  return [...known.filter((identity) => sessionLiveness(host, identity) !== "dead"), ...strangers];
}
