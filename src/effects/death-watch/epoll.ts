// Linux: a pidfd becomes readable when its process has ended, reaped or not (pidfd_open(2)).
// It names one process for good, whoever gets the pid later.

import { closeSync } from "node:fs";

import { descriptorsMax, watchesMax } from "../descriptors.ts";
import { ERRNO, ERRNO_SYMBOL, lastErrno, libcName, openLibc, prepareErrno } from "../libc.ts";
import {
  EVENTS_AT_ONCE,
  takeTokens,
  WAKE_TOKEN,
  type AddOutcome,
  type KernelQueue,
  type Taken,
} from "./kernel-queue.ts";

const SYS_PIDFD_OPEN = 434;
const EPOLL_CLOEXEC = 0x80000;
const EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 0x1;
const EPOLLONESHOT = 0x4000_0000;

export interface EventLayout {
  readonly bytes: number;
  readonly tokenOffset: number;
}

/** struct epoll_event is packed on x86-64, and there alone. */
export function epollLayout(arch: string): EventLayout {
  return arch === "x64" ? { bytes: 12, tokenOffset: 4 } : { bytes: 16, tokenOffset: 8 };
}

export interface EpollEvent {
  readonly events: number;
  readonly token: number;
}

export function packEpollEvent({ events, token }: EpollEvent, layout: EventLayout): Uint8Array {
  const bytes = new Uint8Array(layout.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, events, true);
  view.setUint32(layout.tokenOffset, token, true);
  return bytes;
}

const SYMBOLS = {
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  eventfd: { args: ["u32", "i32"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
  syscall: { args: ["i64", "i64", "i64"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i64" },
} as const;

const open = () => openLibc(SYMBOLS);
type Libc = NonNullable<ReturnType<typeof open>>;

/** Null where the kernel has no pidfds, or a sandbox refuses them. */
export function openEpollQueue(): KernelQueue | null {
  const libc = open();
  const library = libcName();
  if (libc === null || library === null) return null;
  prepareErrno();
  const own = libc.syscall(SYS_PIDFD_OPEN, process.pid, 0);
  if (own < 0) return null;
  closeSync(own);
  const queue = libc.epoll_create1(EPOLL_CLOEXEC);
  if (queue < 0) return null;
  const wakeFd = libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
  if (wakeFd < 0) {
    closeSync(queue);
    return null;
  }
  return new EpollQueue(libc, { library, queue, wakeFd });
}

interface Opened {
  readonly library: string;
  readonly queue: number;
  readonly wakeFd: number;
}

class EpollQueue implements KernelQueue {
  readonly mechanism = "pidfd";
  readonly plan;
  private readonly layout = epollLayout(process.arch);
  private readonly max = watchesMax(descriptorsMax());

  constructor(
    private readonly libc: Libc,
    private readonly opened: Opened,
  ) {
    this.control(EPOLL_CTL_ADD, opened.wakeFd, { events: EPOLLIN, token: WAKE_TOKEN });
    this.plan = {
      library: opened.library,
      errnoSymbol: ERRNO_SYMBOL,
      call: "epoll_wait",
      queue: opened.queue,
      eventBytes: this.layout.bytes,
      tokenOffset: this.layout.tokenOffset,
      eintr: ERRNO.EINTR,
    } as const;
  }

  add(pid: number, token: number): AddOutcome {
    const pidfd = this.libc.syscall(SYS_PIDFD_OPEN, pid, 0);
    if (pidfd < 0) return { state: lastErrno() === ERRNO.ESRCH ? "dead" : "refused" };
    const events = EPOLLIN | EPOLLONESHOT;
    if (pidfd < this.max && this.control(EPOLL_CTL_ADD, pidfd, { events, token }) === 0) {
      return { state: "added", handle: pidfd };
    }
    closeSync(pidfd);
    return { state: "refused" };
  }

  remove(pidfd: number): void {
    this.control(EPOLL_CTL_DEL, pidfd, { events: 0, token: 0 });
    closeSync(pidfd);
  }

  take(): Taken {
    const { queue } = this.opened;
    return takeTokens(this.plan, (buffer) =>
      this.libc.epoll_wait(queue, buffer, EVENTS_AT_ONCE, 0),
    );
  }

  wake(): void {
    this.libc.write(this.opened.wakeFd, new BigUint64Array([1n]), 8);
  }

  close(): void {
    closeSync(this.opened.wakeFd);
    closeSync(this.opened.queue);
  }

  private control(operation: number, fd: number, event: EpollEvent): number {
    const packed = packEpollEvent(event, this.layout);
    return this.libc.epoll_ctl(this.opened.queue, operation, fd, packed);
  }
}
