// A peer that is always on and cannot be started is no sleeper among others: the tables say so,
// and the documents, whose states are the contract's, as they do in `status`.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { PeerRow } from "../../src/core/snapshot.ts";
import { asleep, Scratch } from "./fake-app.ts";

const scratch = new Scratch();
const MISSING = "bell\u001b is not in the PATH";

beforeAll(async () => {
  for (const name of ["ann", "bell", "cat"]) {
    const made = await scratch.type(["create", name, "--runtime", "command", "--", "/bin/cat"]);
    expect(made.code).toBe(0);
  }
});
afterAll(() => scratch.remove());

const changed = (row: PeerRow, change: object): PeerRow => ({
  ...row,
  runtimes: row.runtimes.map((runtime) => ({ ...runtime, ...change })),
});

beforeEach(() => {
  scratch.observe = (row) => {
    if (row.personality === "ann") return changed(row, { state: "alive", attached: 1 });
    return row.personality === "bell" ? changed(row, { not_started: MISSING }) : row;
  };
});

const TABLE = [
  "NAME  RUNTIME  STATE                 SINCE  IDLE  DESCRIPTION",
  "ann   command  alive (attached)      -      -",
  "bell  command  asleep (not started)  -      -",
  "cat   command  asleep                -      -",
] as const;

describe.each(["with", "without"] as const)("%s a daemon", (how) => {
  beforeEach(() => {
    scratch.answer = how === "with" ? () => ({}) as never : undefined;
  });

  test("list marks it, and only it", async () => {
    const { code, out } = await scratch.type(["list"]);
    expect({ code, out }).toEqual({ code: 0, out: `${TABLE.join("\n")}\n` });
  });

  test("top has it before those that are well", async () => {
    const { out } = await scratch.type(["top", "--once"]);
    const [head, ann, bell, cat] = TABLE;
    expect(out.trimEnd().split("\n").slice(-4)).toEqual([head, bell, ann, cat]);
    const document = JSON.parse((await scratch.type(["top", "--json"])).out);
    const names = document.peers.map(({ personality }: PeerRow) => personality);
    expect(names).toEqual(["bell", "ann", "cat"]);
  });

  test("its state stays the contract's; why it does not start is beside it", async () => {
    const { out } = await scratch.type(["list", "--state", "asleep", "--json"]);
    const rows = JSON.parse(out).peers.flatMap(({ runtimes }: PeerRow) => runtimes);
    expect(rows).toEqual([
      { ...resting("bell"), not_started: MISSING },
      resting("cat"),
    ]);
  });

  test("show names what stands in its way", async () => {
    const { out } = await scratch.type(["show", "bell"]);
    expect(out).toContain("\n  not started bell\\x1b is not in the PATH\n");
    expect((await scratch.type(["show", "cat"])).out).not.toContain("not started");
  });

  test("status warns of it, and only an error is a failure, as its help says", async () => {
    const { code, out } = await scratch.type(["status"]);
    expect(out).toContain("warn  command-bell: it is always on, and could not be started");
    expect({ how, code }).toEqual({ how, code: how === "with" ? 0 : 1 });
    expect(out.startsWith("error  daemon: ")).toBe(code === 1);
    const help = (await scratch.type(["status", "--help"])).out;
    expect(help).toContain("\n  0  no error was found; what is a warning, or unknown, is named\n");
    expect(help).toContain("\n  1  an error was found; each has a hint\n");
  });
});

function resting(personality: string): object {
  const peer = { personality, runtimes: ["command"] } as unknown as Parameters<typeof asleep>[0];
  return { ...asleep(peer).runtimes[0] };
}
