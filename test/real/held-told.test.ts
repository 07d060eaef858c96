// What is said of jobs that a service manager holds, over the fake launchctl: a preview prints what
// would be done (CLI contract), to its job too, and doctor tells what a job can no longer run.

import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN } from "../cli/program.ts";
import { heldDaemon } from "./held-daemon.ts";

const SLOW_MS = 60_000;
const bounds = { secondMs: 300, boundMs: SLOW_MS };
const { user, isSkipped } = heldDaemon("previews of held peers", bounds);
const show = test.skipIf(isSkipped);

const agent = (name: string) =>
  join(user.home, `Library/LaunchAgents/com.iapeer.peer.${name}.plist`);

show(
  "the job, its file and its output are in the preview of a removal, and in its account",
  () => {
    user.must(["create", "clock", "--always-on", "--", "/bin/sh", "-c", "exec sleep 1000000"]);
    const preview = user.must(["remove", "clock", "--preview"]);
    expect(preview).toStartWith("would end its job at launchd\n");
    const going = [...preview.matchAll(/^would delete (.+)$/gm)].map(([, path = ""]) => path);
    expect(going).toContain(agent("clock"));
    expect(going).toContain(join(user.root, "logs/iapeer/jobs/com.iapeer.peer.clock.log"));
    const lines = user.must(["remove", "clock", "--yes"]).split("\n");
    expect(lines.filter((line) => going.includes(line)).toSorted()).toEqual(going.toSorted());
  },
  SLOW_MS,
);

show(
  "of a peer that somebody else's plist names nothing is promised, or advised, that is refused",
  () => {
    user.must(["create", "plain", "--", "/bin/cat"]);
    user.must(["create", "theirs", "--", "/bin/cat"]);
    user.write("Library/LaunchAgents/com.iapeer.peer.theirs.plist", "somebody else's\n");
    const why = `a service manager holds it by ${agent("theirs")}, which is not iapeer's`;
    for (const verb of ["stop", "remove"]) {
      const out = user.must([verb, "theirs", "--preview"]);
      expect(out).toStartWith("would be refused: theirs cannot be ");
      expect(out).toContain(why);
      expect(out).not.toMatch(/^would (?:stop|end|delete|take)/m);
    }
    const all = user.must(["stop", "--all", "--preview"]);
    expect(all).toContain("would stop plain\n");
    expect(all).toContain(`would leave theirs as it is: ${why}`);
    const forced = user.must(["remove", "theirs", "--preview", "--force"]);
    expect(forced).toContain("would leave what runs, and all that is kept of it\n");
    expect(forced).not.toMatch(/^would (?:end|delete)/m);
    for (const verb of ["wake", "start", "refresh", "self-done"]) {
      const { code, err } = user.run([verb, "theirs"]);
      expect({ verb, code, err }).toMatchObject({ code: 1, err: expect.stringContaining(why) });
      expect(err).not.toMatch(/iapeer (?:start|stop|new) theirs/);
    }
  },
  SLOW_MS,
);

show(
  "a program that is gone, as when its checkout was moved, is found before it is started again",
  () => {
    const job = join(user.home, "Library/LaunchAgents/com.iapeer.daemon.plist");
    const text = readFileSync(job, "utf8");
    expect(user.run(["doctor"]).out).not.toContain("is gone");
    writeFileSync(job, text.replaceAll(MAIN, "/moved/away/main.ts"));
    const { code, out } = user.run(["doctor"]);
    expect({ code, out }).toMatchObject({
      code: 1,
      out: expect.stringContaining("daemon: /moved/away/main.ts is gone\n") as string,
    });
    writeFileSync(job, text);
  },
  SLOW_MS,
);

show(
  "a daemon that is down already is not said to have been ended",
  () => {
    expect(user.must(["daemon", "stop"])).toMatch(/^the daemon \(pid \d+\) has ended/);
    expect(user.must(["daemon", "stop"])).toBe("the daemon was not running\n");
    expect(user.json(["daemon", "stop"])).toMatchObject({ state: "not-running" });
  },
  SLOW_MS,
);
