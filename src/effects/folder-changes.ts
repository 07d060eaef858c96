// FolderChanges over inotify(7) on Linux: one descriptor that nobody waits for, in which the kernel
// keeps a bounded number of events. Elsewhere, and whenever it cannot be told, nothing is known.

import { closeSync, lstatSync } from "node:fs";

import type { FolderChanges } from "../ports/folder-changes.ts";
import { openLibc } from "./libc.ts";

const IN_MODIFY = 0x2;
const IN_ATTRIB = 0x4;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;
const IN_ONLYDIR = 0x100_0000;
const IN_NONBLOCK_CLOEXEC = 0x800 | 0x8_0000;

const IN_FILES = IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE;
const MASK = IN_FILES | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/** struct inotify_event: wd 4, mask 4, cookie 4, len 4 bytes, then the name, padded with NULs. */
const HEADER_BYTES = 16;
const MASK_OFFSET = 4;
const LENGTH_OFFSET = 12;

const BUFFER_BYTES = 64 * 1024;
/** What the kernel keeps for one reader by default is half of this. */
const READS_MAX = 128;

const SYMBOLS = {
  inotify_init1: { args: ["i32"], returns: "i32" },
  inotify_add_watch: { args: ["i32", "ptr", "u32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: "i32" },
} as const;

const open = () => (process.platform === "linux" ? openLibc(SYMBOLS) : null);
type Libc = NonNullable<ReturnType<typeof open>>;

export function changesIn(dir: string): FolderChanges {
  return new Inotify(dir);
}

interface Watched {
  readonly fd: number;
  /** Which folder it was. */
  readonly folder: string;
}

class Inotify implements FolderChanges {
  private libc: Libc | null | undefined;
  private watched: Watched | null = null;

  constructor(private readonly dir: string) {}

  take(): ReadonlySet<string> | null {
    const { watched } = this;
    if (watched === null) return this.begin();
    const names = this.read(watched.fd);
    // Whatever is at the path now is what is asked about.
    if (names !== null && folderAt(this.dir) === watched.folder) return names;
    this.close();
    return this.begin();
  }

  close(): void {
    if (this.watched !== null) closeSync(this.watched.fd);
    this.watched = null;
  }

  /** From here on; of what was before nothing is known. */
  private begin(): null {
    this.libc ??= open();
    const folder = folderAt(this.dir);
    if (this.libc === null || folder === null) return null;
    const fd = this.libc.inotify_init1(IN_NONBLOCK_CLOEXEC);
    if (fd < 0) return null;
    const path = Buffer.from(`${this.dir}\0`);
    if (this.libc.inotify_add_watch(fd, path, MASK) < 0) closeSync(fd);
    else this.watched = { fd, folder };
    return null;
  }

  /** Null: something happened that is about no file of a name, or too much. */
  private read(fd: number): Set<string> | null {
    const names = new Set<string>();
    const buffer = Buffer.alloc(BUFFER_BYTES);
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const bytes = this.libc?.read(fd, buffer, BUFFER_BYTES) ?? 0;
      // Nothing more: the kernel answers EAGAIN.
      if (bytes <= 0) return names;
      for (const { mask, name } of eventsIn(buffer.subarray(0, bytes))) {
        if (name === "" || (mask & IN_FILES) === 0) return null;
        names.add(name);
      }
    }
    return null;
  }
}

export interface InotifyEvent {
  readonly mask: number;
  /** Empty: about the folder itself, or about lost events. */
  readonly name: string;
}

export function eventsIn(bytes: Buffer): readonly InotifyEvent[] {
  const events: InotifyEvent[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const named = at + HEADER_BYTES;
    const next = named + bytes.readUInt32LE(at + LENGTH_OFFSET);
    const name = bytes.toString("utf8", named, next);
    const [text = ""] = name.split("\0", 1);
    events.push({ mask: bytes.readUInt32LE(at + MASK_OFFSET), name: text });
    at = next;
  }
  return events;
}

function folderAt(dir: string): string | null {
  try {
    const stats = lstatSync(dir, { throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
  } catch {
    return null;
  }
}
