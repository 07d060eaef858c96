// A program that is there and cannot be run, as `create` and `why` tell of it: what it is, and what
// would help, which is not to install it.

import { expect, test } from "bun:test";
import { dirname } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { NewSessionOutcome } from "../../src/ports/tmux.ts";
import { addRuntime } from "../../src/flows/peers/change.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { Scene } from "../sim/scene.ts";
import { must, preparedPlace } from "./root-host.ts";

const CASES = [
  ["/etc/passwd", "is not executable", "make it executable, or ", "make /etc/passwd executable"],
  ["/tmp", "is a folder", "", null],
  ["/not/there", "is no program here", "install it, or ", "install /not/there"],
] as const;

test.each(CASES)("create of %s: it %s", async (...row) => {
  const [name, what, help, step] = row;
  using at = preparedPlace();
  const spec = { name: "echo", runtime: "command", command: { argv: [name] } };
  const made = must(await createPeer(at.host, spec));
  const { profile } = peerLayout(made.entry.cwd);
  const correct = `correct the command in ${profile}, then iapeer verify --fix`;
  const warning = `${name} ${what}: before echo can start, ${help}${correct}`;
  expect(made.warnings).toEqual([warning]);
  expect(made.missing).toEqual({ step: step ?? correct, warning });
});

test("a runtime that is added to a peer has a program too", async () => {
  using at = preparedPlace();
  const command = { argv: ["/bin/cat"] };
  const made = must(await createPeer(at.host, { name: "echo", runtime: "command", command }));
  const added = await addRuntime(at.host, { personality: "echo", runtime: "claude" });
  const given = peerLayout(made.entry.cwd).launchEnv("claude" as RuntimeName);
  expect(must(added).warnings).toContain(
    "agent is not found in the PATH here: before claude-echo can start, install it, " +
      `or give IAPEER_PROGRAM=/its/path in ${given}`,
  );
});

test("nothing is said of one that its runtime's launch.env may name", async () => {
  using at = preparedPlace();
  const command = { argv: ["/bin/cat"] };
  const made = must(await createPeer(at.host, { name: "echo", runtime: "command", command }));
  const given = peerLayout(made.entry.cwd).launchEnv("claude" as RuntimeName);
  at.host.files.makeFolder(dirname(given));
  at.host.files.writeAtomic(given, "IAPEER_PROGRAM=/its/path\n");
  const added = await addRuntime(at.host, { personality: "echo", runtime: "claude" });
  expect(must(added).warnings.join("\n")).not.toContain("is not found");
});

const cwd = "/home/iapeer/peers/echo";
const CORRECT = `correct the command in ${peerLayout(cwd).profile}, then iapeer verify --fix`;

test.each([
  ["executable", "plain is not executable", `make it executable, or ${CORRECT}`],
  ["file", "plain is a folder", CORRECT],
  ["program", "plain is not there to be run", `install it, or ${CORRECT}`],
] as const)("a launch that lacks its %s, now and from the record", async (lacks, detail, next) => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const outcome: NewSessionOutcome = { state: "failed", reason: "unfit", detail, lacks };
  scene.manned.host.tmux.newSession = () => Promise.resolve(outcome);
  const answer = await scene.ask("echo", "wake");
  expect(answer).toMatchObject({ cause: "launch-failed", detail, next });
  const [presence] = scene.supervisor.why("echo" as Personality).presences;
  expect(presence?.next.toLowerCase()).toStartWith(`${next}; `.toLowerCase());
});
