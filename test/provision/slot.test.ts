// The slot's file as a thing on a disk (memory-provider contract, "The slot"): whatever it is,
// the slot is empty or occupied, and the reason is told.

import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { readHeartbeat, readSlot } from "../../src/flows/provision/slot.ts";
import type { ProviderDeclaration } from "../../src/core/provider.ts";
import { Place, V1 } from "./place.ts";

const reason = (at: Place): string => {
  const slot = readSlot(at.host);
  return slot.state === "ignored" ? slot.reason : slot.state;
};

test("no file is an empty slot, and a declaration an occupied one", () => {
  using at = new Place();
  expect(readSlot(at.host)).toEqual({ state: "empty" });
  at.declare(V1);
  expect(readSlot(at.host)).toEqual({ state: "occupied", declaration: V1, ignored: [] });
});

test("a symlink is ignored, wherever it points", () => {
  using at = new Place();
  writeFileSync(at.path("elsewhere"), JSON.stringify(V1));
  symlinkSync(at.path("elsewhere"), at.slot);
  expect(reason(at)).toBe("it is a symlink");
  rmSync(at.path("elsewhere"));
  expect(reason(at)).toBe("it is a symlink");
});

test("a fifo is ignored at once, though nobody ever writes to it", async () => {
  using at = new Place();
  await at.run(["mkfifo", at.slot]);
  const begun = performance.now();
  expect(reason(at)).toContain("not a regular file");
  expect(performance.now() - begun).toBeLessThan(1000);
});

test("a folder, and a file over the bound, are ignored", () => {
  using at = new Place();
  mkdirSync(at.slot);
  expect(reason(at)).toContain("is a folder");
  rmSync(at.slot, { recursive: true });
  at.declare({ ...V1, more: "x".repeat(64 * 1024) });
  expect(reason(at)).toBe("it is larger than 65536 bytes");
  writeFileSync(at.slot, "");
  truncateSync(at.slot, 10 * 1024 * 1024);
  const before = process.memoryUsage().rss;
  expect(reason(at)).toBe("it is larger than 65536 bytes");
  expect(process.memoryUsage().rss - before).toBeLessThan(5 * 1024 * 1024);
});

const NOBODY = 65_534;

/** Root may read every file, so root looks with another's eyes for a moment. */
function asPlainUser<T>(at: Place, work: (host: Place["host"]) => T): T {
  if (process.getuid?.() !== 0) return work(at.host);
  const closed = closedAbove(at.slot);
  for (const { dir, mode } of closed) chmodSync(dir, mode | 0o011);
  chownSync(at.slot, NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return work({ ...at.host, facts: { ...at.host.facts, uid: NOBODY } });
  } finally {
    process.seteuid?.(0);
    for (const { dir, mode } of closed) chmodSync(dir, mode);
  }
}

/** The folders on the way to a file that others may not pass through. */
function closedAbove(path: string): readonly { readonly dir: string; readonly mode: number }[] {
  const dirs: string[] = [];
  for (let dir = dirname(path); dir !== "/"; dir = dirname(dir)) dirs.push(dir);
  return dirs
    .map((dir) => ({ dir, mode: statSync(dir).mode & 0o7777 }))
    .filter(({ mode }) => (mode & 0o001) === 0);
}

test("an unreadable file is ignored, with what the system says", () => {
  using at = new Place();
  at.declare(V1);
  chmodSync(at.slot, 0o000);
  const slot = asPlainUser(at, readSlot);
  expect(slot.state === "ignored" && slot.reason).toContain("EACCES");
  chmodSync(at.slot, 0o400);
  expect(asPlainUser(at, readSlot).state).toBe("occupied");
});

test("another user's file is ignored", () => {
  using at = new Place();
  at.declare(V1);
  const host = { ...at.host, facts: { ...at.host.facts, uid: at.host.facts.uid + 1 } };
  const slot = readSlot(host);
  expect(slot.state === "ignored" && slot.reason).toContain("belongs to another user");
});

test("the heartbeat's age, and what may be wrong with it", () => {
  using at = new Place();
  const beat = at.path("beat");
  const declaration: ProviderDeclaration = { ...V1, heartbeat: beat };
  expect(readHeartbeat(at.host, V1)).toEqual({ state: "none" });
  expect(readHeartbeat(at.host, declaration)).toEqual({ state: "missing", path: beat });
  writeFileSync(beat, "");
  const age = (seconds: number) => {
    const when = Date.now() / 1000 - seconds;
    utimesSync(beat, when, when);
    const found = readHeartbeat(at.host, declaration);
    return found.state === "beating" ? found.ageMs : -1;
  };
  expect(Math.abs(age(90) - 90_000)).toBeLessThan(5000);
  expect(age(-3600)).toBe(0);
  // The link itself is as old as it is; what it leads to is refreshed.
  symlinkSync(at.path("real"), at.path("link"));
  renameSync(beat, at.path("real"));
  renameSync(at.path("link"), beat);
  expect(Math.abs(age(90) - 90_000)).toBeLessThan(5000);
});
