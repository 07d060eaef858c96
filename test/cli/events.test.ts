// `iapeer events` for a person: what it says when there is nothing, and what it leaves out.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

test.each([
  [[], "nothing has happened yet\n"],
  [["--since", "2100-01-01T00:00:00Z"], "nothing since 2100-01-01T00:00:00Z\n"],
  [["--peer", "echo"], "nothing about echo yet\n"],
  [["--peer", "echo", "--since", "2h"], "nothing about echo since 2h\n"],
])("%j without events", async (words, said) => {
  const { code, out, err } = await scratch.type(["events", ...words]);
  expect({ code, out, err }).toEqual({ code: 0, out: "", err: said });
});

test("an empty value is left out for a person, and kept for a program", async () => {
  const { lifecycleLog } = scratch.host.layout;
  mkdirSync(dirname(lifecycleLog), { recursive: true });
  const line = 'ts=2026-01-31T08:00:00.000Z ev=ready identity=command-echo state=ok detail=""\n';
  appendFileSync(lifecycleLog, line);
  const { out } = await scratch.type(["events"]);
  expect(out).toMatch(/^2026-01-31T08:00:00.000Z ready +command-echo +state=ok\n$/);
  const json = JSON.parse((await scratch.type(["events", "--json"])).out);
  expect(json.fields).toEqual({ identity: "command-echo", state: "ok", detail: "" });
});
