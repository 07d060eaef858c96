// Which verb was meant, and what it is called from then on: a folder launch by its runtime.

import { expect, test } from "bun:test";
import { choose } from "../../src/cli/choose.ts";
import { FOLDER_LAUNCH, VERBS } from "../../src/cli/tree.ts";
import { Scratch } from "./fake-app.ts";

const chosen = (words: readonly string[]) => choose(words, () => Promise.resolve(["claude"]));

test("a verb of the tree is what it is listed as", async () => {
  for (const verb of VERBS.filter(({ name }) => name !== FOLDER_LAUNCH)) {
    const named = verb.name.split(" ");
    expect(await chosen([...named, "-q"])).toMatchObject({ verb, listed: verb, words: ["-q"] });
  }
});

test("a folder launch has its runtime's name, and is listed under none", async () => {
  const listed = VERBS.find(({ name }) => name === FOLDER_LAUNCH);
  for (const words of [["claude", "--detach"], ["help", "claude", "--detach"]]) {
    expect(await chosen(words)).toMatchObject({ verb: { ...listed, name: "claude" }, listed });
  }
});

test("what a folder launch is refused for begins with the runtime", async () => {
  const scratch = new Scratch();
  const created = ["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"];
  expect(await scratch.type(created)).toMatchObject({ code: 0 });
  const refusal = { result: "refused", identity: "command-echo", cause: "stopped", detail: "d" };
  scratch.answer = () => ({ ...refusal, next: "n" }) as never;
  const { err } = await scratch.type(["command"], { cwd: `${scratch.root}/peers/echo` });
  scratch.remove();
  expect(err).toStartWith("iapeer: command command-echo: refused (stopped)\n");
});
