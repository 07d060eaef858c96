// Verbs that can do without a daemon, while another process has the right to supervise the root:
// whoever can be asked is asked, and else the true reason is told.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
beforeAll(async () => {
  for (const name of ["echo", "foo"]) {
    await scratch.type(["create", name, "--runtime", "command", "--", "/bin/cat"]);
  }
});
afterAll(() => scratch.remove());
beforeEach(() => {
  scratch.answer = undefined;
  scratch.met.length = 0;
  scratch.calls.length = 0;
});

const WHY = "process 4242 has the right to";

test("a daemon that has come up meanwhile is asked", async () => {
  scratch.met.push(() => {
    scratch.answer = scratch.directAnswer;
    return { state: "answers" };
  });
  expect(await scratch.type(["stop", "echo"])).toMatchObject({ code: 0 });
  expect(scratch.calls).toMatchObject([{ personality: "echo", verb: "stop" }]);
});

test("one that is gone again when it is asked leaves the verb to be done here", async () => {
  scratch.met.push(() => ({ state: "answers" }));
  expect(await scratch.type(["stop", "echo"])).toMatchObject({ code: 0 });
  expect(scratch.calls).toHaveLength(1);
});

test("what is too long in the way is named, with what to do", async () => {
  scratch.met.push(() => ({ state: "busy", why: WHY }));
  expect(await scratch.type(["stop", "echo"])).toEqual({
    code: 1,
    out: "",
    err:
      "iapeer: stop echo was not done: another process supervises this root\n" +
      `  why: ${WHY}\n` +
      "  next: try again; if it stays so, that process hangs: end it\n",
  });
});

test("each that was not stopped has the reason in the account", async () => {
  scratch.met.push(() => ({ state: "busy", why: WHY }));
  const { code, out } = await scratch.type(["stop", "--all", "--yes", "--json"]);
  const detail = `stop echo was not done: another process supervises this root: ${WHY}`;
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    stopped: 1,
    answers: [{ result: "failed", cause: "root-busy", detail }, { result: "done" }],
  });
});

test("a lease that cannot be had, and Ctrl-C, are told for what they are", async () => {
  scratch.met.push(() => ({ state: "failed", why: "no such locks" }));
  const failed = await scratch.type(["stop", "echo", "--json"]);
  expect(JSON.parse(failed.out)).toMatchObject({ code: "lease-failed", why: "no such locks" });
  scratch.met.push(() => ({ state: "interrupted" }));
  const ended = await scratch.type(["stop", "echo", "--json"]);
  expect(JSON.parse(ended.out)).toMatchObject({ code: "interrupted" });
  expect(scratch.calls).toEqual([]);
});
