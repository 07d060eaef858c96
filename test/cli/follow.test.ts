// Following files that grow, are rotated, and are emptied in place; and the logs as one sequence.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { followEvents, leavingsIn, pastEvents } from "../../src/cli/event-log.ts";
import { Follower } from "../../src/cli/follow.ts";
import { namesOfBearer, namesOfNobody } from "../../src/cli/names-then.ts";
import { layout } from "../../src/core/layout.ts";
import type { LogName } from "../../src/core/log-event.ts";
import { createFiles } from "../../src/effects/files.ts";

const files = createFiles();
let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "iap-follow-"));
  path = join(dir, "a.log");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** As the logs are rotated: every copy moves up by one. */
function rotate(keep: number): void {
  for (let n = keep; n >= 1; n--) {
    const from = n === 1 ? path : `${path}.${n - 1}`;
    if (files.stat(from).state === "ok") renameSync(from, `${path}.${n}`);
  }
}

describe("Follower", () => {
  test("returns what was appended, once", () => {
    appendFileSync(path, "before\n");
    const follower = new Follower(files, path, 0);
    expect(follower.poll()).toBe("");
    appendFileSync(path, "one\ntwo é\n");
    expect(follower.poll()).toBe("one\ntwo é\n");
    expect(follower.poll()).toBe("");
  });

  test("begins as far back as asked, and with a file that is not there yet", () => {
    const early = new Follower(files, path, 0);
    expect(early.poll()).toBe("");
    appendFileSync(path, "12345");
    expect(early.poll()).toBe("12345");
    expect(new Follower(files, path, 2).poll()).toBe("45");
    expect(new Follower(files, path, 99).poll()).toBe("12345");
  });

  test("goes on at the beginning of a file that was emptied in place", () => {
    appendFileSync(path, "long enough\n");
    const follower = new Follower(files, path, 0);
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    appendFileSync(path, "new\n");
    expect(follower.poll()).toBe("new\n");
  });

  test("any bytes in any pieces read as they would in one, valid UTF-8 or not", () => {
    const euro = [0xe2, 0x82, 0xac];
    const byte = fc.oneof(fc.constantFrom(...euro, 0xf0, 0x9f, 0x80, 0xff, 0xc3), fc.nat(255));
    const piece = fc.uint8Array({ maxLength: 6 }).chain((one) =>
      fc.oneof(
        fc.constant(one),
        fc.array(byte, { maxLength: 6 }).map((all) => Uint8Array.from(all)),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        rmSync(path, { force: true });
        appendFileSync(path, "");
        const follower = new Follower(files, path, 0);
        let seen = "";
        for (const one of [...pieces, Uint8Array.from([10])]) {
          appendFileSync(path, one);
          seen += follower.poll();
        }
        expect(seen).toBe(`${Buffer.concat(pieces).toString("utf8")}\n`);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("does not begin within a character", () => {
    appendFileSync(path, "12€45");
    const from = (back: number) => new Follower(files, path, back).poll();
    expect([2, 3, 4, 5, 6].map(from)).toEqual(["45", "45", "45", "€45", "2€45"]);
  });

  test("loses and repeats nothing through any appends, rotations and polls", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant("append" as const) },
      { weight: 2, arbitrary: fc.constant("rotate" as const) },
      { weight: 3, arbitrary: fc.constant("poll" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        for (const name of files.list(dir).state === "ok" ? ["", ".1", ".2", ".3"] : []) {
          rmSync(`${path}${name}`, { force: true });
        }
        appendFileSync(path, "");
        const follower = new Follower(files, path, 0);
        let written = "";
        let seen = "";
        let sincePoll = 0;
        for (const [i, what] of steps.entries()) {
          if (what === "append") {
            appendFileSync(path, `line ${i}\n`);
            written += `line ${i}\n`;
          }
          // More rotations between two polls than copies are kept do lose lines.
          if (what === "rotate" && sincePoll < 3 && files.stat(path).state === "ok") {
            rotate(3);
            sincePoll += 1;
          }
          if (what === "poll") {
            seen += follower.poll();
            // A poll without a present file notices no rotation.
            if (files.stat(path).state === "ok") sincePoll = 0;
          }
        }
        appendFileSync(path, "end\n");
        seen += follower.poll();
        expect(seen).toBe(`${written}end\n`);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("events", () => {
  const line = (at: number, rest: string) =>
    `ts=2026-01-31T08:00:${String(at).padStart(2, "0")}.000Z ${rest}\n`;
  const at = (seconds: number) => Date.parse("2026-01-31T08:00:00.000Z") + seconds * 1000;

  function log(name: LogName, text: string, suffix = ""): void {
    const where = layout(dir)[`${name}Log`];
    mkdirSync(dirname(where), { recursive: true });
    appendFileSync(`${where}${suffix}`, text);
  }

  const shown = (wanted: Parameters<typeof pastEvents>[2]) =>
    pastEvents(files, layout(dir), wanted).events.map(({ ev, log: name }) => `${name}:${ev}`);

  const about = (name: string, namesOf = namesOfBearer) => ({
    about: { names: namesOf(name, leavingsIn(files, layout(dir))) },
  });
  const seconds = (wanted: Parameters<typeof pastEvents>[2]) =>
    pastEvents(files, layout(dir), wanted).events.map(({ ts }) => ts[18]).join("");

  beforeEach(() => {
    log("lifecycle", line(1, "ev=wake identity=claude-a mode=fresh"), ".1");
    log("lifecycle", line(4, "ev=supervise identity=command-b action=reaped-idle"));
    log("exits", line(3, "ev=teardown identity=command-b reason=idle"));
    log("delivery", line(2, "ev=delivery from=operator to=claude-a"));
    log("lifecycle", "torn line without an event\n");
  });

  test("are merged in time, rotated files included, torn lines passed over", () => {
    expect(shown({})).toEqual([
      "lifecycle:wake",
      "delivery:delivery",
      "exits:teardown",
      "lifecycle:supervise",
    ]);
  });

  test("are narrowed to a peer, to an instant, and to the newest", () => {
    expect(shown(about("a"))).toEqual(["lifecycle:wake", "delivery:delivery"]);
    expect(shown({ sinceWall: at(3) })).toEqual(["exits:teardown", "lifecycle:supervise"]);
    expect(shown({ newest: 1 })).toEqual(["lifecycle:supervise"]);
  });

  test("a renamed peer's are those of its old name too, up to the rename", () => {
    log("lifecycle", line(0, "ev=wake identity=claude-a mode=fresh"), ".2");
    log("lifecycle", line(5, "ev=renamed from=a to=mid-a"));
    log("lifecycle", line(6, "ev=renamed from=mid-a to=z"));
    log("lifecycle", line(7, "ev=wake identity=claude-a mode=fresh"));
    log("lifecycle", line(8, "ev=wake identity=claude-z mode=fresh"));
    expect(seconds(about("z"))).toBe("012568");
    // Another one, which has the first one's name since.
    expect(seconds(about("a"))).toBe("7");
    expect(seconds(about("a", namesOfNobody))).toBe("01257");
  });

  test("a peer that has its first name again has all of its events", () => {
    log("lifecycle", line(5, "ev=renamed from=a to=z"));
    log("lifecycle", line(6, "ev=wake identity=claude-z mode=fresh"));
    log("lifecycle", line(7, "ev=renamed from=z to=a"));
    log("lifecycle", line(8, "ev=wake identity=claude-a mode=fresh"));
    expect(seconds(about("a"))).toBe("125678");
  });

  test("an earlier peer of the name is left out, in every log and its older parts", () => {
    const { lifecycleLog } = layout(dir);
    log("exits", line(4, "ev=teardown identity=claude-a reason=remove"));
    log("lifecycle", line(5, "ev=removed personality=a cwd=/a purged=3"));
    renameSync(`${lifecycleLog}.1`, `${lifecycleLog}.2`);
    renameSync(lifecycleLog, `${lifecycleLog}.1`);
    log("lifecycle", line(6, "ev=asked identity=claude-a verb=remove from=operator result=done"));
    log("lifecycle", line(7, "ev=wake identity=claude-a mode=fresh"));
    log("delivery", line(8, "ev=delivery from=operator to=claude-a"));
    expect(seconds(about("a"))).toBe("78");
    expect(seconds(about("a", namesOfNobody))).toBe("1245678");
  });

  test("an unreadable log is said, and hides no other", () => {
    rmSync(layout(dir).exitsLog);
    mkdirSync(layout(dir).exitsLog);
    const { events, unreadable } = pastEvents(files, layout(dir), {});
    expect(events).toHaveLength(3);
    expect(unreadable[0]).toStartWith(`${layout(dir).exitsLog}: `);
  });

  test("of a peer that are followed are those of its name from now on", () => {
    const follow = followEvents(files, layout(dir));
    const wanted = about("a");
    log("lifecycle", line(5, "ev=removed personality=a cwd=/a purged=3"));
    log("lifecycle", line(6, "ev=wake identity=claude-a mode=fresh"));
    log("lifecycle", line(6, "ev=wake identity=claude-b mode=fresh"));
    expect(follow(wanted).map(({ ev }) => ev)).toEqual(["removed", "wake"]);
  });

  test("are followed through a rotation, and half a line waits for its end", () => {
    const follow = followEvents(files, layout(dir));
    const evs = () => follow({}).map(({ ev }) => ev);
    expect(evs()).toEqual([]);
    log("lifecycle", line(5, "ev=five"));
    const where = layout(dir).lifecycleLog;
    renameSync(`${where}.1`, `${where}.2`);
    renameSync(where, `${where}.1`);
    log("lifecycle", line(6, "ev=six"));
    log("exits", line(7, "ev=seven").slice(0, 20));
    expect(evs()).toEqual(["five", "six"]);
    log("exits", line(7, "ev=seven").slice(20));
    expect(evs()).toEqual(["seven"]);
  });
});
