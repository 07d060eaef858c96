// What is pasted into a real session: bracketed, whole, and never a key.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { env, exec, tools, until } from "../real/host-under-test.ts";
import { RealTmux } from "./real-tmux.ts";

describe("pasting", () => {
  /** A program in raw mode, as a TUI is, that keeps every byte it is given. */
  const RAW = 'stty raw -echo; printf "\\033[?2004h"; : > "$OUT/ready"; exec cat > "$OUT/out"';

  async function pasted(made: RealTmux, text: string, end: string): Promise<string> {
    Object.assign(made.spec, { argv: ["/bin/sh", "-c", RAW], env: { ...env, OUT: made.dir } });
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    await until("readiness", () => existsSync(join(made.dir, "ready")));
    const outcome = await made.tmux.paste({ socket, identity, text });
    expect(outcome.state).toBe("answered");
    const out = join(made.dir, "out");
    return until("all of it", () => {
      const got = existsSync(out) ? readFileSync(out, "utf8") : "";
      return got.endsWith(end) && got;
    });
  }

  test("is bracketed, and keeps every line", async () => {
    await using made = new RealTmux();
    await made.tmux.version();
    const text = "one\ntwo\tthree\n\n é☃ ; $(x) #{pid} ~ end";
    expect(await pasted(made, text, "[201~")).toBe(`\u001B[200~${text}\u001B[201~`);
  });

  test("a text cannot end the paste, nor press a key", async () => {
    await using made = new RealTmux();
    const text = "a\u001B[201~\r\u0003\u0004\u001A\u007Fb";
    const got = await pasted(made, text, "[201~");
    expect(got.slice(6, -6)).toBe("a␛[201~\n␃␄␚␡b");
  });

  test("200 KB arrive whole", async () => {
    await using made = new RealTmux();
    const text = `${"0123456789".repeat(20_000)}!`;
    expect((await pasted(made, text, "[201~")).slice(6, -6)).toBe(text);
  });

  test("leaves copy mode, in which keys would be tmux's own", async () => {
    await using made = new RealTmux();
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    const argv = [tools.tmux, "-S", socket, "copy-mode", "-t", `=${identity}:`];
    await exec.run({ argv, env, timeoutMs: 5000 });
    expect(await made.tmux.query(socket, identity, "#{pane_in_mode}")).toMatchObject({ text: "1" });
    await made.tmux.paste({ socket, identity, text: "seen" });
    expect(await made.tmux.query(socket, identity, "#{pane_in_mode}")).toMatchObject({ text: "0" });
  });

  test("an empty text is nothing to paste", async () => {
    await using made = new RealTmux();
    const { socket, identity } = made.spec;
    await made.tmux.newSession(made.spec);
    expect(await made.tmux.paste({ socket, identity, text: "" })).toMatchObject({
      state: "answered",
    });
  });
});
