// Jobs of the embedded manager, and what no manager can be handed: refused by name, not changed.

import { expect, test } from "bun:test";
import type { ServiceJob } from "../../src/core/service.ts";
import { parsePid, renderBackgroundJob, renderPid } from "../../src/formats/background-job.ts";
import { jobObjections } from "../../src/formats/job-text.ts";
import { DAEMON } from "./job-samples.ts";

test("a process is read back as it was written, and never the first one, nor all", () => {
  expect(parsePid(renderPid({ pid: 4242, start: "77" }))).toEqual({ pid: 4242, start: "77" });
  for (const pid of [1, 0, -1, 1.5, "4242", null]) {
    expect([pid, parsePid(JSON.stringify({ pid, start: "77" }))]).toEqual([pid, null]);
  }
  for (const text of ["", "{", '{"pid":4242}', '{"pid":4242,"start":""}']) {
    expect([text, parsePid(text)]).toEqual([text, null]);
  }
});

test("its file is what it was started with", () => {
  const text = renderBackgroundJob(DAEMON);
  const { description, argv, env, cwd, stdout, stderr, root, build } = DAEMON;
  const shown = { label: "com.iapeer.daemon", description, argv, env, cwd, stdout, stderr };
  expect(JSON.parse(text.ok ? text.value : "")).toEqual({ ...shown, root, build });
});

test.each<[Partial<ServiceJob>, string]>([
  [{ argv: [] }, 'the program "" is no full path'],
  [{ argv: ["bun", "x"] }, 'the program "bun" is no full path'],
  [{ argv: ["/bun", "a\nb"] }, "argument 1 holds a control character (U+000A)"],
  [{ argv: ["/bun", "a\uFFFE"] }, "argument 1 holds a character that is no text (U+FFFE)"],
  [{ cwd: "here" }, 'the folder "here" is no full path'],
  [{ stdout: "o.log" }, 'stdout "o.log" is no full path'],
  [{ stderr: "o.log" }, 'stderr "o.log" is no full path'],
  [{ root: "~" }, 'root "~" is no full path'],
  [{ root: "/r\u0007" }, "root holds a control character (U+0007)"],
  [{ env: { "A-B": "" } }, '"A-B" is no variable\'s name'],
  [{ env: { A: "\u001B" } }, "A holds a control character (U+001B)"],
  [{ description: "\r" }, "the description holds a control character (U+000D)"],
  [{ build: "\t" }, "the build holds a control character (U+0009)"],
])("%j is refused", (change, why) => {
  const job = { ...DAEMON, ...change };
  expect(jobObjections(job).join("; ")).toStartWith(why);
  const error = expect.stringContaining(why);
  expect(renderBackgroundJob(job)).toMatchObject({ ok: false, error });
});
