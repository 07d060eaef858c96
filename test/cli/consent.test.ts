// Destructive verbs (CLI contract): --preview, --yes, a question, and an exact account.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const name of ["echo", "parrot"]) {
    const typed = ["create", name, "--runtime", "command", "-q", "--", "/bin/cat"];
    expect(await scratch.type(typed)).toMatchObject({ code: 0 });
  }
});
afterEach(() => scratch.remove());

describe("destructive verbs", () => {
  test("--preview changes nothing and says what would be done", async () => {
    const { code, out } = await scratch.type(["remove", "echo", "--preview"]);
    expect(code).toBe(0);
    expect(out).toContain("would end the session command-echo, if it is alive\n");
    expect(out).toContain(`would keep the folder ${scratch.root}/peers/echo\n`);
    const json = await scratch.type(["stop", "--all", "--preview", "--json"]);
    expect(JSON.parse(json.out)).toEqual({
      schema: "iapeer.preview.v1",
      proposed_actions: ["stop echo", "stop parrot"],
    });
    expect(scratch.calls).toEqual([]);
  });

  test.each([
    [["remove", "echo", "--yes"]],
    [["remove", "echo", "--preview"]],
    [["stop", "echo"]],
    [["stop", "--all", "--yes"]],
    [["stop", "--all", "--preview"]],
  ])("%j prints a document of a schema that its help names", async (words) => {
    const { out } = await scratch.type([...words, "--json"]);
    const { schema } = JSON.parse(out) as { schema: string };
    const help = await scratch.type([words[0] ?? "", "--help"]);
    expect(help.out).toMatch(new RegExp(`^--json prints .*${schema.replaceAll(".", "\\.")}`, "m"));
  });

  test("a terminal is asked, and no means no", async () => {
    const no = await scratch.type(["remove", "echo"], { tty: true, says: false });
    expect(no).toMatchObject({ code: 1, out: "" });
    expect(no.err).toEndWith("nothing was changed\n");
    expect(scratch.calls).toEqual([]);
    const yes = await scratch.type(["remove", "echo"], { tty: true, says: true });
    expect(yes.code).toBe(0);
    expect(scratch.calls.map(({ verb }) => verb)).toEqual(["remove"]);
  });

  test("stop --all says what was done when it is interrupted", async () => {
    const ctrlC = new AbortController();
    scratch.answer = ({ personality }) => {
      ctrlC.abort();
      return { result: "done", identity: personality as never, detail: "stopped" };
    };
    const typed = { interrupted: ctrlC.signal };
    const { code, out } = await scratch.type(["stop", "--all", "--yes"], typed);
    expect({ code, out }).toEqual({ code: 1, out: "stopped 1 of 2 peers\n" });
    expect(scratch.calls).toHaveLength(1);
  });

  test("stop --all gives an exact account", async () => {
    scratch.answer = ({ personality }) =>
      personality === ("echo" as never)
        ? ({ result: "done", identity: "command-echo", detail: "stopped" } as never)
        : ({ result: "refused", identity: "x", cause: "managed", detail: "" } as never);
    const { code, out, err } = await scratch.type(["stop", "--all", "--yes"]);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "stopped 1 of 2 peers\n",
      err: "echo: stopped\nparrot: refused: managed\n",
    });
  });
});
