// Open files without descriptors of ours (Linux): each is sent, as SCM_RIGHTS, into a socket that
// nobody reads (unix(7)), and stays open there until the socket is closed. Whatever this process
// starts is forked with a copy of its descriptors and closes them one by one: two for every peer
// would make each launch dearer, and reach a limit soon.

import { closeSync } from "node:fs";

import { ptr } from "bun:ffi";

import { openLibc } from "../libc.ts";

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0x80001;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT_NOSIGNAL = 0x4040;

/** Of a lot, whose socket is closed when all have left it. */
const LOT = 16;

/**
 * In flight at once, those of a lot that is not over included. They count for all processes of
 * this user: once there are more than RLIMIT_NOFILE of any other of them, mostly 1,024, that one
 * can pass no descriptor to anybody (ETOOMANYREFS, unix(7)). What is beyond costs us a descriptor.
 */
export const PARKED_MAX = 512;

const SYMBOLS = {
  socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  sendmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
} as const;

const open = () => openLibc(SYMBOLS);
type Libc = NonNullable<ReturnType<typeof open>>;

/** Where files are kept. */
interface Lot {
  readonly ends: readonly [number, number];
  /** Ever put there; no place is given twice. */
  taken: number;
  left: number;
}

export class Parked {
  readonly #libc: Libc;
  readonly #message = new Message();
  readonly #lots = new Map<number, Lot>();
  #open: Lot | null = null;
  #last = 0;
  #inFlight = 0;

  private constructor(libc: Libc) {
    this.#libc = libc;
  }

  static create(): Parked | null {
    const libc = open();
    return libc === null ? null : new Parked(libc);
  }

  /** Takes the descriptor over; null: no room, and it is the caller's as before. */
  park(fd: number): number | null {
    const lot = this.#inFlight < PARKED_MAX ? this.#lotWithRoom() : null;
    if (lot === null) return null;
    const sent = this.#libc.sendmsg(lot.ends[0], this.#message.with(fd), MSG_DONTWAIT_NOSIGNAL);
    if (Number(sent) !== 1) {
      if (lot.taken === 0) this.#drop(lot);
      return null;
    }
    closeSync(fd);
    lot.taken += 1;
    this.#inFlight += 1;
    this.#last += 1;
    this.#lots.set(this.#last, lot);
    return this.#last;
  }

  /** It is closed with the last of its lot. */
  leave(place: number): void {
    const lot = this.#lots.get(place);
    if (lot === undefined) return;
    this.#lots.delete(place);
    lot.left += 1;
    if (lot.left === lot.taken) this.#drop(lot);
  }

  close(): void {
    for (const lot of new Set(this.#lots.values())) this.#drop(lot);
    this.#lots.clear();
  }

  #drop(lot: Lot): void {
    for (const end of lot.ends) closeSync(end);
    this.#inFlight -= lot.taken;
    if (this.#open === lot) this.#open = null;
  }

  #lotWithRoom(): Lot | null {
    if (this.#open !== null && this.#open.taken < LOT) return this.#open;
    const ends = new Int32Array(2);
    if (this.#libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends) !== 0) return null;
    const [one = -1, other = -1] = ends;
    this.#open = { ends: [one, other], taken: 0, left: 0 };
    return this.#open;
  }
}

const WORD = 8;
/** struct msghdr, iovec and cmsghdr of 64 bits, in words. */
const HEADER_WORDS = 7;
const CONTROL_BYTES = 24;
const CONTROL_LENGTH = 20;

/** One byte, with a descriptor; filled anew for each. */
class Message {
  readonly #byte = new Uint8Array(WORD);
  readonly #vector = new BigUint64Array(2);
  readonly #control = new DataView(new ArrayBuffer(CONTROL_BYTES));
  readonly #header = new BigUint64Array(HEADER_WORDS);

  constructor() {
    this.#vector.set([BigInt(ptr(this.#byte)), 1n]);
    this.#control.setBigUint64(0, BigInt(CONTROL_LENGTH), true);
    this.#control.setInt32(WORD, SOL_SOCKET, true);
    this.#control.setInt32(WORD + 4, SCM_RIGHTS, true);
    const [vector, control] = [ptr(this.#vector), ptr(this.#control)].map(BigInt);
    this.#header.set([0n, 0n, vector ?? 0n, 1n, control ?? 0n, BigInt(CONTROL_BYTES), 0n]);
  }

  with(fd: number): BigUint64Array {
    this.#control.setInt32(WORD * 2, fd, true);
    return this.#header;
  }
}
