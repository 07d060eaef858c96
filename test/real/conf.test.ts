// What tmux.conf does on a real server (lifecycle §7): how many are attached is on disk, an
// attached person can look and leave, and the session's own shell stays the user's.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";

import type { Identity } from "../../src/core/names.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { eventually } from "../chaos/fleet.ts";
import { Generation } from "./generation.ts";
import { env, exec, processes, tmux, tools, until } from "./host-under-test.ts";

const VIEWER = "command-viewer" as Identity;

const inSession = (made: Generation, ...args: string[]) =>
  exec.run({ argv: [tools.tmux, "-S", made.facts.socket, ...args], env, timeoutMs: 5000 });

const attached = (made: Generation): string | null => {
  const path = made.paths.attached;
  return existsSync(path) ? readFileSync(path, "utf8") : null;
};

/** A terminal in another server in which somebody is attached to this one. */
async function view(made: Generation, name: string): Promise<ProcessRef> {
  const socket = `${made.scratch}/${name}`;
  const argv = ["/usr/bin/env", "-u", "TMUX", tools.tmux, "-S", made.facts.socket, "attach"];
  const spec = { socket, identity: VIEWER, conf: "/dev/null", cwd: "/", argv, env };
  const outcome = await tmux.newSession({ ...spec, timeoutMs: 10_000 });
  if (outcome.state === "failed") throw new Error(outcome.detail);
  const server = processes.identify(outcome.serverPid);
  if (server === null || server === "unknown") throw new Error("no viewer");
  return server;
}

describe("who is attached", () => {
  test("is counted on disk as people come and go", async () => {
    await using made = await new Generation({ rootName: "a b'c $(x)" }).launch();
    expect(attached(made)).toBeNull();
    const viewers: ProcessRef[] = [];
    try {
      for (const count of [1, 2, 3]) {
        viewers.push(await view(made, `v${count}`));
        await until(`${count} attached`, () => attached(made) === `${count}\n`);
      }
      expect(statSync(made.paths.attached).mode & 0o777).toBe(0o600);
      // All at once: the last count must be the last one written.
      for (const viewer of viewers) processes.signal(viewer, "KILL");
      await until("nobody attached", () => attached(made) === "0\n");
    } finally {
      for (const viewer of viewers) processes.signal(viewer, "KILL");
    }
    const screen = await tmux.capture(made.facts.socket, made.identity);
    expect("text" in screen ? screen.text : "return").not.toContain("return");
  });

  test("detaching by the usual keys leaves the session as it was", async () => {
    await using made = await new Generation().launch();
    const viewer = await view(made, "v");
    try {
      await until("one attached", () => attached(made) === "1\n");
      await tmux.keys(`${made.scratch}/v`, VIEWER, ["C-b", "d"]);
      await until("nobody attached", () => attached(made) === "0\n");
      expect(processes.liveness(made.theServer())).toBe("alive");
    } finally {
      processes.signal(viewer, "KILL");
    }
  });

  test("a window has its size again once the last of some small terminals has left", async () => {
    await using made = await new Generation().launch();
    const size = async () => {
      const format = "#{window_width}x#{window_height}";
      const said = await tmux.query(made.facts.socket, made.identity, format);
      return "text" in said ? said.text : said.state;
    };
    const viewers: ProcessRef[] = [];
    const shrink = (name: string, to: string) => {
      const words = ["-S", `${made.scratch}/${name}`, "resize-window", "-x", to, "-y", "5"];
      return exec.run({ argv: [tools.tmux, ...words], env, timeoutMs: 5000 });
    };
    try {
      for (const [name, width] of [["v1", "20"], ["v2", "30"]] as const) {
        viewers.push(await view(made, name));
        await eventually("its terminal is followed", async () => {
          await shrink(name, width);
          return (await size()) === `${width}x5`;
        });
      }
      await tmux.keys(`${made.scratch}/v2`, VIEWER, ["C-b", "d"]);
      await eventually("the other one is followed", async () => (await size()) === "20x5");
      await tmux.keys(`${made.scratch}/v1`, VIEWER, ["C-b", "d"]);
      await eventually("its own size", async () => (await size()) === "220x50");
      viewers.push(await view(made, "v3"));
      await eventually("another one is followed", async () => {
        await shrink("v3", "40");
        return (await size()) === "40x5";
      });
    } finally {
      for (const viewer of viewers) processes.signal(viewer, "KILL");
    }
  }, 30_000);
});

describe("a session", () => {
  test("its only keys after the prefix look around and leave", async () => {
    await using made = await new Generation().launch();
    const listed = await inSession(made, "list-keys", "-T", "prefix");
    const keys = listed.stdout.trim().split("\n").map((line) => line.split(/ +/)[3] ?? "");
    expect(keys.toSorted()).toEqual(["C-b", "PPage", "[", "d"].toSorted());
  });

  test("has no error of its configuration on its screen", async () => {
    await using made = await new Generation({ argv: ["/bin/sh", "-c", "exec cat"] }).launch();
    const screen = await tmux.capture(made.facts.socket, made.identity);
    expect(screen).toMatchObject({ state: "answered" });
    expect("text" in screen ? screen.text.trim() : "?").toBe("");
    const mode = await tmux.query(made.facts.socket, made.identity, "#{pane_in_mode}");
    expect(mode).toMatchObject({ text: "0" });
  });

  test("keeps the user's shell, while hooks run with one that reads them", async () => {
    const argv = ["/bin/sh", "-c", 'echo "shell $SHELL"; exec cat'];
    // /bin/cat stands for a shell that reads no sh.
    await using made = await new Generation({ argv, env: { SHELL: "/bin/cat" } }).launch();
    await until("output", () => existsSync(made.facts.paneLog) && made.paneText() !== "");
    expect(made.paneText()).toBe("shell /bin/cat\r\n");
    const shell = await inSession(made, "show-options", "-gv", "default-shell");
    expect(shell.stdout).toBe("/bin/sh\n");
  });
});
