// A peer that is alive and was not seen ready is not taken for one that works: the tables and `why`
// say so as `show` does, and the documents, whose states are the contract's.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { PeerRow, WhyPresence } from "../../src/core/snapshot.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
const TRUST = 'its screen shows "trust\u001b" after 120 s';

beforeAll(async () => {
  for (const name of ["ann", "bell", "cat"]) {
    const made = await scratch.type(["create", name, "--runtime", "command", "--", "/bin/cat"]);
    expect(made.code).toBe(0);
  }
  scratch.answer = () => ({}) as never;
  scratch.observe = (row) => ({
    ...row,
    runtimes: row.runtimes.map((presence) => ({
      ...presence,
      state: "alive",
      attached: row.personality === "cat" ? 1 : 0,
      ...(row.personality === "ann" ? {} : { not_ready: TRUST }),
    })),
  });
});
afterAll(() => scratch.remove());

const TABLE = [
  "NAME  RUNTIME  STATE                        SINCE  IDLE  DESCRIPTION",
  "ann   command  alive                        -      -",
  "bell  command  alive (not ready)            -      -",
  "cat   command  alive (not ready, attached)  -      -",
] as const;

test("list marks it, and only it", async () => {
  const { code, out } = await scratch.type(["list"]);
  expect({ code, out }).toEqual({ code: 0, out: `${TABLE.join("\n")}\n` });
});

test("top has it before those that are well", async () => {
  const { out } = await scratch.type(["top", "--once"]);
  const [head, ann, bell, cat] = TABLE;
  expect(out.trimEnd().split("\n").slice(-4)).toEqual([head, bell, cat, ann]);
});

test("status warns of it, and says where to look", async () => {
  const { code, out } = await scratch.type(["status", "--json"]);
  expect(code).toBe(0);
  const found = (identity: string) => ({ severity: "warn", code: "not-ready", subject: identity });
  expect(JSON.parse(out).troubles).toMatchObject([found("command-bell"), found("command-cat")]);
  expect(JSON.parse(out).troubles[0].summary).toContain("trust");
  expect(JSON.parse(out).troubles[0].hint).toBe("iapeer attach bell shows what it asks");
});

test("its state stays the contract's; why it is not ready is beside it", async () => {
  const { out } = await scratch.type(["list", "--state", "alive", "--json"]);
  const rows = JSON.parse(out).peers.flatMap(({ runtimes }: PeerRow) => runtimes);
  expect(rows).toMatchObject([
    { state: "alive" },
    { state: "alive", not_ready: TRUST },
    { state: "alive", not_ready: TRUST },
  ]);
  expect(rows[0]).not.toHaveProperty("not_ready");
});

test("why has it beside the state, and in its document", async () => {
  const presence = { identity: "command-bell", state: "alive", because: "It is.", next: "See." };
  const told = { ...presence, not_ready: TRUST, decisions: [] };
  scratch.explained = [told as unknown as WhyPresence];
  const { out } = await scratch.type(["why", "bell"]);
  expect(out).toStartWith("command-bell: alive (not ready)\n");
  const document = JSON.parse((await scratch.type(["why", "bell", "--json"])).out);
  expect(document.presences).toEqual([told]);
});
