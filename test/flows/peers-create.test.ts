// Creating, adopting and changing peers (storage contract, CLI contract): what is written, what
// is refused, and that every field stays data.

import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import { launchEnvFor } from "../../src/flows/doctrine.ts";
import { createPeer, type CreateSpec } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import { initPeer } from "../../src/flows/peers/init.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { readProfile } from "../../src/flows/storage/profile.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { BYPASS, codeOf, must, preparedPlace } from "./root-host.ts";

const CAT: CreateSpec = { name: "echo", runtime: "command", command: { argv: ["/bin/cat"] } };

const HOSTILE = [
  "two words",
  `"double" and 'single'`,
  "-rf",
  "$(touch pwned) `id` ${HOME}",
  "line\nbreak\ttab",
  "ünïcödé 🌊",
  "back\\slash\\n",
  '{"personality": "other"}',
];

test("created: profile and registry agree, in the default folder", async () => {
  using at = preparedPlace();
  const made = must(await createPeer(at.host, { ...CAT, description: "says it again" }));
  expect(made.state).toBe("created");
  expect(made.warnings).toEqual([]);
  expect(made.entry).toMatchObject({
    personality: "echo",
    cwd: join(at.host.layout.peersDir, "echo"),
    runtimes: ["command"],
    default_runtime: "command",
    intelligence: "absent",
    wake_policy: "warm",
    always_on: false,
  });
  const { cwd, ...profile } = must(findPeer(at.host, "echo"));
  expect(readProfile(at.host, cwd)).toEqual({ state: "ok", profile, extra: {} });
  expect(statSync(peerLayout(cwd).profile).mode & 0o777).toBe(0o600);
  expect(verify(at.host).findings).toEqual([]);
});

test("a runtime that runs with its guards off says so", async () => {
  using at = preparedPlace();
  const made = must(await createPeer(at.host, { name: "a", runtime: "claude" }));
  const missing = "agent is not found in the PATH here: before a can start, install it, or give ";
  expect(made.warnings).toEqual([expect.stringContaining(missing), BYPASS]);
});

test("a program that is not there, and where it is named", async () => {
  using at = preparedPlace();
  const made = must(await createPeer(at.host, { ...CAT, command: { argv: ["/not/there"] } }));
  const { profile } = peerLayout(made.entry.cwd);
  expect(made.warnings).toEqual([
    "/not/there is no program here: before echo can start, install it, or correct the command in " +
      `${profile}, then iapeer verify --fix`,
  ]);
});

test.each(HOSTILE)("%j is data in every field and path", async (text) => {
  using at = preparedPlace();
  const cwd = join(at.dir, text, text);
  const spec: CreateSpec = {
    name: "a",
    runtime: "command",
    cwd,
    description: text,
    initialPrompt: text,
    command: { argv: ["/bin/echo", text, ""] },
    interfaces: { telegram: { token: text } },
    env: { VALUE: text },
  };
  must(await createPeer(at.host, spec));
  const entry = must(findPeer(at.host, "a"));
  expect(entry).toMatchObject({
    cwd,
    description: text,
    initial_prompt: text,
    command: { argv: ["/bin/echo", text, ""] },
    interfaces: { telegram: { token: text } },
  });
  const launch = must(launchEnvFor(at.host, entry, entry.default_runtime));
  expect(launch.env).toEqual({ VALUE: text });
  expect(statSync(launch.secretPaths[0] ?? "").mode & 0o777).toBe(0o600);
  expect(readFileSync(at.host.layout.registry, "utf8")).not.toContain("VALUE");
  expect(verify(at.host).findings).toEqual([]);
  expect(existsSync("pwned")).toBe(false);
});

const REFUSED: [string, Partial<CreateSpec>, string][] = [
  ["an upper case name", { name: "Echo" }, "bad-name"],
  ["an empty name", { name: "" }, "bad-name"],
  ["a name with a slash", { name: "../a" }, "bad-name"],
  ["a leading dash", { name: "-a" }, "bad-name"],
  ["a newline in the name", { name: "a\nb" }, "bad-name"],
  ["an unknown runtime", { runtime: "comand" }, "unknown-runtime"],
  ["a runtime that is no name", { runtime: "a-b" }, "bad-runtime"],
  ["451 characters", { description: "x".repeat(451) }, "description-too-long"],
  ["an empty command", { command: { argv: [""] } }, "bad-command"],
  ["no argv at all", { command: { argv: [] } }, "bad-command"],
  ["NUL in the command", { command: { argv: ["/bin/echo", "\0"] } }, "bad-command"],
  ["a bad ready", { command: { argv: ["cat"], ready: "(" } }, "bad-ready"],
  ["a variable that is none", { env: { "A B": "x" } }, "bad-env"],
  ["NUL in a variable", { env: { A: "\0" } }, "bad-env"],
  ["a relative folder", { cwd: "here" }, "bad-path"],
  ["NUL in the folder", { cwd: "/tmp/\0" }, "bad-path"],
  ["a missing env file", { envFile: "/nowhere/at/all.env" }, "bad-env-file"],
];

test.each(REFUSED)("%s is refused as usage, and leaves nothing", async (_what, change, code) => {
  using at = preparedPlace();
  const refused = await createPeer(at.host, { ...CAT, ...change });
  expect(codeOf(refused)).toBe(code);
  expect(refused.ok ? 0 : refused.error.exit).toBe(2);
  expect(readdirSync(at.host.layout.peersDir)).toEqual([]);
});

test("an emoji counts as one character of the description", async () => {
  using at = preparedPlace();
  must(await createPeer(at.host, { ...CAT, description: "🌊".repeat(450) }));
});

test("a runtime's own refusal to launch is told at create", async () => {
  using at = preparedPlace();
  const refused = await createPeer(at.host, { name: "a", runtime: "command" });
  expect(refused).toMatchObject({
    error: {
      code: "cannot-launch",
      what: "nothing says what a is to run",
      next: "iapeer create a --runtime command -- PROGRAM [words]",
    },
  });
});

test("a command for a runtime that starts its own program is refused", async () => {
  using at = preparedPlace();
  const refused = await createPeer(at.host, { ...CAT, runtime: "claude" });
  expect(codeOf(refused)).toBe("command-not-taken");
});

test("a clash of name or folder is refused, never suffixed", async () => {
  using at = preparedPlace();
  const { entry } = must(await createPeer(at.host, CAT));
  const before = readFileSync(peerLayout(entry.cwd).profile, "utf8");
  expect(codeOf(await createPeer(at.host, { ...CAT, cwd: join(at.dir, "b") }))).toBe("name-taken");
  expect(existsSync(join(at.dir, "b"))).toBe(false);
  for (const cwd of [entry.cwd, `${entry.cwd}/`, `${entry.cwd}/../echo/.`]) {
    expect(codeOf(await createPeer(at.host, { ...CAT, name: "b", cwd }))).toBe("folder-taken");
  }
  expect(readFileSync(peerLayout(entry.cwd).profile, "utf8")).toBe(before);
});

test("the same folder by another path is seen by its profile", async () => {
  using at = preparedPlace();
  const real = join(at.dir, "real");
  mkdirSync(join(real, "sub"), { recursive: true });
  symlinkSync(real, join(at.dir, "alias"));
  must(await createPeer(at.host, { ...CAT, cwd: join(real, "sub") }));
  const cwd = join(at.dir, "alias/sub");
  expect(codeOf(await createPeer(at.host, { ...CAT, name: "b", cwd }))).toBe("folder-taken");
});

test("a corrupt profile in the folder is never overwritten", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "a");
  mkdirSync(join(cwd, ".iapeer"), { recursive: true });
  writeFileSync(peerLayout(cwd).profile, "{");
  expect(codeOf(await createPeer(at.host, { ...CAT, cwd }))).toBe("peer-folder-refused");
  expect(codeOf(await initPeer(at.host, cwd))).toBe("peer-folder-refused");
  expect(readFileSync(peerLayout(cwd).profile, "utf8")).toBe("{");
});

test("a create that was cut off is completed; a profile with more in it is not", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "echo");
  const path = peerLayout(cwd).profile;
  const entry = must(await createPeer(at.host, { ...CAT, cwd })).entry;
  const text = readFileSync(path, "utf8");
  const more = text.replace(/\}\s*$/, ', "of_a_newer_version": true }\n');
  must(await unregisterPeer(at.host, "echo"));
  writeFileSync(path, more);
  expect(codeOf(await createPeer(at.host, { ...CAT, cwd }))).toBe("folder-taken");
  expect(readFileSync(path, "utf8")).toBe(more);
  writeFileSync(path, text);
  expect(must(await createPeer(at.host, { ...CAT, cwd })).entry).toEqual(entry);
});

test("--env adds to a launch.env that is there, and keeps its comments", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "a");
  const path = peerLayout(cwd).launchEnv("command");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "# mine\nA=1\nB=2");
  const made = must(await createPeer(at.host, { ...CAT, cwd, env: { B: "3", C: "x y" } }));
  expect(readFileSync(path, "utf8")).toStartWith("# mine\nA=1\nB=2\n");
  expect(must(launchEnvFor(at.host, made.entry, made.entry.default_runtime)).env).toEqual({
    A: "1",
    B: "3",
    C: "x y",
  });
  expect(made.warnings.join()).toContain("launch.env");
});

test("an env file that others can read is warned about", async () => {
  using at = preparedPlace();
  const envFile = join(at.dir, "secrets env");
  writeFileSync(envFile, "TOKEN=x");
  chmodSync(envFile, 0o644);
  const made = must(await createPeer(at.host, { ...CAT, envFile }));
  expect(made.warnings.join()).toContain("chmod 600");
});

test("a namesake's left state is purged, but not from under a session", async () => {
  using at = preparedPlace();
  const doc = at.host.layout.identityDoc("command-echo" as never);
  writeFileSync(doc, "left");
  must(await createPeer(at.host, CAT));
  expect(existsSync(doc)).toBe(false);
  at.host.probes.set(join(at.host.layout.runDir, "command-b.sock"), "answers");
  writeFileSync(join(at.host.layout.runDir, "command-b.sock"), "");
  expect(codeOf(await createPeer(at.host, { ...CAT, name: "b" }))).toBe("session-left");
});

test("nor while it cannot be told whether there is one", async () => {
  using at = preparedPlace();
  const { files, layout } = at.host;
  const doc = layout.identityDoc("command-echo" as never);
  writeFileSync(doc, "left");
  const failed = { state: "failed", code: "EMFILE", detail: "too many open files" } as const;
  const list = (dir: string) => (dir.endsWith("/command-echo") ? failed : files.list(dir));
  const host = { ...at.host, files: { ...files, list } };
  expect(codeOf(await createPeer(host, CAT))).toBe("session-left");
  expect(readFileSync(doc, "utf8")).toBe("left");
});
