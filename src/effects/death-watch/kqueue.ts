// macOS: EVFILT_PROC with NOTE_EXIT tells of the end of any process of ours, child or not
// (kqueue(2)). A zombie cannot be added: it is answered with ESRCH, like nobody.

import { closeSync } from "node:fs";

import { ERRNO, ERRNO_SYMBOL, libcName, openLibc } from "../libc.ts";
import {
  EVENTS_AT_ONCE,
  takeTokens,
  WAKE_TOKEN,
  type AddOutcome,
  type KernelQueue,
  type Taken,
} from "./kernel-queue.ts";

const EVFILT_READ = -1;
const EVFILT_PROC = -5;
const EV_ADD = 0x1;
const EV_DELETE = 0x2;
const EV_ONESHOT = 0x10;
/** Every change is answered by an event whose data is its errno, or 0. */
const EV_RECEIPT = 0x40;
const NOTE_EXIT = 0x8000_0000;

export const KEVENT_BYTES = 32;
export const KEVENT_TOKEN_OFFSET = 24;
const KEVENT_DATA_OFFSET = 16;

export interface Kevent {
  readonly ident: number;
  readonly filter: number;
  readonly flags: number;
  readonly fflags: number;
  readonly token: number;
}

/** struct kevent: ident 8, filter 2, flags 2, fflags 4, data 8, udata 8 bytes. */
export function packKevent(event: Kevent): Uint8Array {
  const bytes = new Uint8Array(KEVENT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(event.ident), true);
  view.setInt16(8, event.filter, true);
  view.setUint16(10, event.flags, true);
  view.setUint32(12, event.fflags, true);
  view.setUint32(KEVENT_TOKEN_OFFSET, event.token, true);
  return bytes;
}

/** The errno in a receipt; 0: done. */
export function receiptErrno(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Number(view.getBigInt64(KEVENT_DATA_OFFSET, true));
}

const SYMBOLS = {
  kqueue: { args: [], returns: "i32" },
  kevent: { args: ["i32", "ptr", "i32", "ptr", "i32", "ptr"], returns: "i32" },
  pipe: { args: ["ptr"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i64" },
} as const;

const open = (library: string) => openLibc(SYMBOLS, [library]);
type Libc = NonNullable<ReturnType<typeof open>>;

/** `library` is the C library, or an imitation of its kqueue. */
export function openKqueueQueue(library: string | null = libcName()): KernelQueue | null {
  const libc = library === null ? null : open(library);
  if (libc === null || library === null) return null;
  const ends = new Int32Array(2);
  if (libc.pipe(ends) !== 0) return null;
  const [readEnd = -1, writeEnd = -1] = ends;
  const queue = libc.kqueue();
  if (queue < 0) {
    closeSync(readEnd);
    closeSync(writeEnd);
    return null;
  }
  return new KqueueQueue(libc, { library, queue, readEnd, writeEnd });
}

interface Opened {
  readonly library: string;
  readonly queue: number;
  /** A pipe, whose bytes wake the Worker: its events are the same on every kqueue. */
  readonly readEnd: number;
  readonly writeEnd: number;
}

class KqueueQueue implements KernelQueue {
  readonly mechanism = "kqueue";
  readonly plan;

  constructor(
    private readonly libc: Libc,
    private readonly opened: Opened,
  ) {
    this.change({
      ident: opened.readEnd,
      filter: EVFILT_READ,
      flags: EV_ADD | EV_RECEIPT,
      fflags: 0,
      token: WAKE_TOKEN,
    });
    this.plan = {
      library: opened.library,
      errnoSymbol: ERRNO_SYMBOL,
      call: "kevent",
      queue: opened.queue,
      eventBytes: KEVENT_BYTES,
      tokenOffset: KEVENT_TOKEN_OFFSET,
      eintr: ERRNO.EINTR,
    } as const;
  }

  add(pid: number, token: number): AddOutcome {
    const flags = EV_ADD | EV_ONESHOT | EV_RECEIPT;
    const errno = this.change({ ident: pid, filter: EVFILT_PROC, flags, fflags: NOTE_EXIT, token });
    if (errno === 0) return { state: "added", handle: pid };
    return { state: errno === ERRNO.ESRCH ? "dead" : "refused" };
  }

  /** One whose event has come is no longer there: the answer says so, and nothing is to do. */
  remove(pid: number): void {
    const flags = EV_DELETE | EV_RECEIPT;
    this.change({ ident: pid, filter: EVFILT_PROC, flags, fflags: 0, token: 0 });
  }

  take(): Taken {
    const { queue } = this.opened;
    return takeTokens(this.plan, (buffer) =>
      this.libc.kevent(queue, null, 0, buffer, EVENTS_AT_ONCE, new BigInt64Array(2)),
    );
  }

  wake(): void {
    this.libc.write(this.opened.writeEnd, new Uint8Array([1]), 1);
  }

  close(): void {
    for (const fd of [this.opened.queue, this.opened.readEnd, this.opened.writeEnd]) closeSync(fd);
  }

  private change(event: Kevent): number {
    const receipt = new Uint8Array(KEVENT_BYTES);
    const atOnce = new BigInt64Array(2);
    const { queue } = this.opened;
    const received = this.libc.kevent(queue, packKevent(event), 1, receipt, 1, atOnce);
    return received === 1 ? receiptErrno(receipt) : ERRNO.EINVAL;
  }
}
