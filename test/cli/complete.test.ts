// Shell completion (CLI contract): what is offered, and the three scripts in their own shells.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complete } from "../../src/cli/complete.ts";
import { COMPLETION_SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { typedRoot } from "../../src/cli/completion/typed.ts";
import { peerNamesIn } from "../../src/cli/peer-names.ts";
import { FOLDER_LAUNCH, VERBS } from "../../src/cli/tree.ts";

const sources = {
  peers: async () => ["echo", "reviewer", "reader"],
  runtimes: async () => ["claude", "codex", "command"],
};

const offered = async (...words: string[]) =>
  (await complete(words, sources)).map((word) => word.split("\t")[0]);

const DAEMON = ["run", "status", "install", "uninstall", "start", "stop", "restart"];

describe("what is offered", () => {
  test("every verb, once, and the runtimes", async () => {
    const verbs = VERBS.filter(({ name }) => name !== FOLDER_LAUNCH);
    const heads = new Set(verbs.map(({ name }) => name.split(" ")[0]));
    const found = await offered("");
    expect(found).toHaveLength(heads.size + 3);
    expect(new Set(found)).toEqual(new Set([...heads, "claude", "codex", "command"]));
  });

  test.each([
    ["the verbs that begin so", ["sta"], ["start", "status"]],
    ["a family's verbs", ["daemon", ""], DAEMON],
    ["peers", ["wake", "re"], ["reviewer", "reader"]],
    ["peers after global options", ["--root", "/x", "wake", "e"], ["echo"]],
    ["peers after an option with a value", ["wake", "--topic", "x", "e"], ["echo"]],
    ["runtimes as a second word", ["add-runtime", "echo", "co"], ["codex", "command"]],
    ["the values of an option", ["wake", "echo", "--runtime", "cl"], ["claude"]],
    ["the values of a short option", ["wake", "echo", "-r", "cl"], ["claude"]],
    ["values after =", ["wake", "--runtime=co"], ["--runtime=codex", "--runtime=command"]],
    ["values after = as bash splits it", ["wake", "--runtime", "=", "co"], ["codex", "command"]],
    ["fixed values", ["create", "x", "--wake-policy", ""], ["warm", "ephemeral"]],
    ["shells", ["completion", ""], ["bash", "zsh", "fish"]],
    ["nothing where free text stands", ["wake", "--message", ""], []],
    ["nothing after the last word", ["wake", "echo", ""], []],
    ["folders", ["init", ""], [":folders"]],
    ["files", ["create", "x", "--env-file", ""], [":files"]],
    ["the shell's own after --", ["create", "x", "--", "/bin/ca"], [":files"]],
    ["verbs after help", ["help", "sta"], ["start", "status"]],
    ["a family's verbs after help", ["-q", "help", "daemon", "sto"], ["stop"]],
    ["nothing for an unknown verb", ["frobnicate", ""], []],
  ])("%s", async (_, words, found) => {
    expect(await offered(...words)).toEqual(found);
  });

  test("the options of a verb, after dashes only", async () => {
    const found = await offered("wake", "echo", "--");
    expect(found).toEqual(expect.arrayContaining(["--message", "--fresh", "--json", "--root"]));
    expect(await offered("claude", "--det")).toEqual(["--detach"]);
  });
});

test.each([
  [["--root", "/x y", "show", ""], "/x y"],
  [["show", "--root=/x", ""], "/x"],
  [["--root", "=", "/x", "show", ""], "/x"],
  [["--root", "~/r", "show", ""], "/home/ada/r"],
  [["--root", "~", "show", ""], "/home/ada"],
  [["--root", "'~/r'", "show", ""], "~/r"],
  [["--root", "~ada/r", "show", ""], "~ada/r"],
  [["--root", "/a\\ b/'c d'\"e \\\" $(f)\"", "show", ""], '/a b/c de " $(f)'],
  [["--root", "it's", "show", ""], "it's"],
  [["show", ""], undefined],
])("the root of %j is the one that the program will get", (words, root) => {
  expect(typedRoot(words, "/home/ada")).toBe(root);
});

test("peers' names are read from any text, and only names are", () => {
  const peers = [{ personality: "echo" }, { personality: "$(rm)" }, null, { personality: 3 }];
  expect(peerNamesIn(JSON.stringify({ peers }))).toEqual(["echo"]);
  for (const text of ["", "{", "null", "[]", '{"peers": {}}']) {
    expect(peerNamesIn(text)).toEqual([]);
  }
});

describe("the scripts", () => {
  const dir = mkdtempSync(join(tmpdir(), "iap-completion-"));
  const path = `${dir}:${process.env["PATH"]}`;
  const env = { ...process.env, PATH: path, IAPEER_ROOT: dir, HOME: dir };

  beforeAll(() => {
    const main = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    writeFileSync(join(dir, "iapeer"), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(join(dir, "iapeer"), 0o755);
    const peers = [{ personality: "echo" }, { personality: "emil" }];
    writeFileSync(join(dir, "peers-profiles.json"), JSON.stringify({ version: 1, peers }));
    mkdirSync(join(dir, "some folder"));
    mkdirSync(join(dir, "a root"));
    const ann = { version: 1, peers: [{ personality: "ann" }] };
    writeFileSync(join(dir, "a root/peers-profiles.json"), JSON.stringify(ann));
    for (const [shell, script] of COMPLETION_SCRIPTS) writeFileSync(join(dir, shell), script);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function shell(argv: string[]): Promise<{ code: number; out: string; err: string }> {
    const child = Bun.spawn(argv, { env, cwd: dir, stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code: await child.exited, out, err };
  }

  const isThere = (name: string) => Bun.which(name) !== null;
  for (const name of ["zsh", "fish"]) {
    if (!isThere(name)) process.stderr.write(`SKIPPED: no ${name}, its completion is untried\n`);
  }

  test.each([
    ["bash", ["bash", "-n"]],
    ["zsh", ["zsh", "-n"]],
    ["fish", ["fish", "--no-execute"]],
  ])("%s takes its script for valid", async (name, check) => {
    if (!isThere(name)) return;
    expect(await shell([...check, join(dir, name)])).toEqual({ code: 0, out: "", err: "" });
  }, 20_000);

  const bash = (...words: string[]) => {
    // As in bash 3.2: what came later is not there.
    const drive = `enable -n mapfile readarray compopt; source ${join(dir, "bash")};
      COMP_WORDS=("$@");
      COMP_CWORD=$(($# - 1)); _iapeer; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return shell(["bash", "--norc", "-c", drive, "bash", "iapeer", ...words]);
  };

  test.each([
    [["wak"], "wake\n"],
    [["wake", "e"], "echo\nemil\n"],
    [["daemon", "st"], "status\nstart\nstop\n"],
    [["create", "x", "--wake-policy", "=", "e"], "ephemeral\n"],
    [["init", "some"], "some folder\n"],
    [["wake", "--mess"], "--message\n"],
    [["--root", "=", "./a\\ root", "wake", ""], "ann\n"],
    [["--root", "~/a\\ root", "wake", ""], "ann\n"],
  ])("bash completes %j", async (words, found) => {
    expect(await bash(...words)).toEqual({ code: 0, out: found, err: "" });
  }, 20_000);

  test("fish completes", async () => {
    if (!isThere("fish")) return;
    const drive = (line: string) =>
      shell(["fish", "--no-config", "-c", `source ${join(dir, "fish")}; complete -C '${line}'`]);
    expect((await drive("iapeer wak")).out).toStartWith("wake\t");
    expect((await drive("iapeer wake e")).out).toBe("echo\nemil\n");
    expect((await drive("iapeer init some")).out).toStartWith("some folder/");
    for (const option of ["--cwd", "--env-file"]) {
      const { out, err } = await drive(`iapeer create x ${option}=some`);
      expect({ out, err }).toEqual({
        out: expect.stringMatching(new RegExp(`^${option}=some folder/`)) as string,
        err: "",
      });
    }
  }, 20_000);

  test("zsh completes", async () => {
    if (!isThere("zsh")) return;
    const stub = `_describe() { print -l -- "\${(@P)2}" }; _files() { print -- "files $*" };
      compadd() { print -l -- "\${(@P)2}" };
      compset() { print -- "behind $*" }; compdef() { :; }; source ${join(dir, "zsh")};`;
    const drive = (...words: string[]) =>
      shell(["zsh", "-f", "-c", `${stub} words=("$@"); CURRENT=$#; _iapeer`, "zsh", ...words]);
    expect((await drive("iapeer", "wak")).out).toStartWith("wake:wake a peer");
    expect((await drive("iapeer", "wake", "e")).out).toBe("echo\nemil\n");
    // What is before the first equals sign is no part of the path.
    const folders = "behind -P 1 --*=\nfiles -/\n";
    expect((await drive("iapeer", "init", "")).out).toBe(folders);
    expect((await drive("iapeer", "create", "x", "--cwd=so")).out).toBe(folders);
  }, 20_000);
});
