// A server that came up after its generation's end was on record: its launcher was given up, and
// went on all the same. No record may name a living server (lifecycle §5).

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { bareRecord } from "../flows/session/bare-record.ts";
import { isUp, readLife } from "../flows/session/life.ts";
import { readEnd, readStart } from "../flows/session/records.ts";
import { readStamp } from "../flows/session/socket.ts";
import { isAnswering, socketFor } from "../flows/session/socket-for.ts";
import { teardown } from "../flows/session/teardown.ts";
import { witnessOf } from "../flows/session/witness-of.ts";
import { adopt } from "./members.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import type { Host } from "../ports/host.ts";

/** Costs one stat for a peer at rest, whose socket is not there, and nothing for a living one. */
export function isHaunted(host: Host, live: Live): boolean {
  const { docKnown, doc, end, launching } = live;
  const isAtRest = end !== null || (docKnown && doc.generation === null);
  return isAtRest && !launching && isAnswering(host, live.identity);
}

/** Runs in the identity's lane; ends only what carries our stamp of an ended generation. */
export async function clearOrphan(context: Context, live: Live): Promise<void> {
  const { host } = context;
  const socket = socketFor(host, live.identity);
  // A life that is known, up and not over has the socket: asking tmux would cost a process a peer.
  const life = readLife(host, live.doc);
  if (isUp(life) && socket.ok && life.start.socket === socket.value) return;
  if (!socket.ok || host.tmux.probe(socket.value) !== "answers") return;
  const stamped = await readStamp(host, live.identity, socket.value);
  if (stamped === null || stamped === "unknown") return;
  const end = readEnd(host, stamped.ref).state;
  // All that was kept of it was deleted: it is the peer's life, since there is no other.
  if (end === "none" && live.docKnown && live.doc.generation === null) {
    const { generation } = stamped.ref;
    changeDoc(host, live.identity, (doc) => ({ ...doc, generation }));
    return adopt(host, live);
  }
  // What cannot be read ends nobody.
  if (end !== "recorded") return;
  const start = readStart(host, stamped.ref) ?? bareRecord(host, stamped.ref);
  const server = host.processes.identify(stamped.serverPid);
  if (start === null || server === null || server === "unknown") return;
  const found = { ...start, server };
  await teardown(host, { start: found, reason: "session-gone", by: witnessOf(host) });
}
