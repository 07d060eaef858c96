// What `iapeer why` says is to be done comes from what happened (lifecycle §4): the remedy itself,
// and not a verb that would name it; and with two presences, which one a command is about.

import { describe, expect, test } from "bun:test";
import { peerLayout } from "../../src/core/layout.ts";
import type { Personality } from "../../src/core/names.ts";
import type { JobOwner } from "../../src/core/service.ts";
import { lookOnce } from "../../src/daemon/look.ts";
import { why } from "../../src/daemon/why.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const nextOf = (scene: Scene, name: string, runtime = PLAIN) =>
  scene.supervisor
    .why(name as Personality)
    .presences.find(({ identity }) => identity.startsWith(`${runtime}-`))?.next;

/** As `why` is answered where no daemon runs. */
const nextFromFiles = (scene: Scene, name: string) =>
  why(lookOnce(scene.manned.host, "all"), name as Personality).presences[0]?.next;

const cwd = "/home/iapeer/peers/echo";

describe("a program that is not there", () => {
  const profile = peerLayout(cwd).profile;

  test("of a declared command: its profile is named, by a daemon and without one", async () => {
    const scene = await Scene.of({ peers: { echo: {} }, noProgram: true });
    expect(await scene.ask("echo", "wake")).toMatchObject({ cause: "launch-failed" });
    const next =
      `Install it, or correct the command in ${profile}, then iapeer verify --fix; ` +
      "iapeer wake echo tries it again.";
    expect(nextOf(scene, "echo")).toBe(next);
    await scene.restart();
    expect(nextOf(scene, "echo")).toBe(next);
    expect(nextFromFiles(scene, "echo")).toBe(next);
    scene.world.faults.noProgram = false;
    await scene.ask("echo", "wake");
    expect(nextOf(scene, "echo")).not.toContain("nstall");
    await scene.ask("echo", "stop");
    expect(nextOf(scene, "echo")).toBe("iapeer start echo starts it again.");
  });

  test("of a runtime: launch.env is named", async () => {
    const peers = { echo: { default_runtime: AGENT } };
    const scene = await Scene.of({ peers, noProgram: true });
    await scene.ask("echo", "wake");
    const path = peerLayout(cwd).launchEnv(AGENT);
    expect(nextOf(scene, "echo", AGENT)).toStartWith(
      `Install it, or give IAPEER_PROGRAM=/its/path in ${path}; iapeer wake echo tries it`,
    );
  });

  test("of one that is always on: it is tried again", async () => {
    const scene = await Scene.of({ peers: { echo: { always_on: true } }, noProgram: true });
    await scene.pass(3000);
    expect(nextOf(scene, "echo")).toMatch(/^Install it, .*; it is tried again in \d+ m?s, or at/);
  });
});

test.each([
  [`no such folder: ${cwd}`, "Make that folder again, or run iapeer init in it where it is now; "],
  ["/usr/bin/tmux is not there to be run", "Install tmux; "],
  ["/bin/sh: EAGAIN", "Put that right; "],
])("a launch that failed with %j", async (detail, next) => {
  const scene = await Scene.of({ peers: { echo: {} }, config: { tmuxPath: "/usr/bin/tmux" } });
  scene.manned.host.tmux.newSession = () =>
    Promise.resolve({ state: "failed", reason: "unfit", detail });
  await scene.ask("echo", "wake");
  expect(nextOf(scene, "echo")).toStartWith(next);
  expect(nextFromFiles(scene, "echo")).toStartWith(next);
});

test("a launch.env that cannot be used is named", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const path = peerLayout(cwd).launchEnv(PLAIN);
  scene.world.files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  scene.world.files.writeAtomic(path, "no assignment\n");
  await scene.ask("echo", "wake");
  const next = `Put ${path} right; iapeer wake echo tries it again.`;
  expect(nextOf(scene, "echo")).toBe(next);
});

test("something in its socket's place is to be moved away", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const { files, layout } = scene.world;
  files.writeAtomic(`${layout.runDir}/command-echo.sock`, "");
  files.writeAtomic(`${layout.runDir}/${PLAIN}-echo.sock`, "");
  expect(await scene.ask("echo", "wake")).toMatchObject({ cause: "not-a-socket" });
  expect(nextOf(scene, "echo")).toBe("Move it away; iapeer wake echo tries it again.");
});

test("a record that cannot be read is named", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const { identity, generation } = scene.doc("echo");
  if (generation === null) throw new Error("it has no life");
  const { start: path } = scene.world.layout.generation(identity, generation);
  scene.world.files.denied.add(path);
  await scene.restart();
  expect(nextOf(scene, "echo")).toStartWith(`Make ${path} readable; it is looked at again`);
});

test("a job that is not iapeer's is named, and iapeer's own verbs are not", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, managed: ["echo"] });
  const { manager } = scene.world;
  manager.managed.add("echo");
  expect(nextOf(scene, "echo")).toBe("iapeer start echo starts it through its service.");
  manager.ownerOf = () => ({ owner: "foreign", detail: "by hand" }) as JobOwner;
  manager.fileOf = () => "/etc/systemd/user/echo.service";
  const [told] = scene.supervisor.why("echo" as Personality).presences;
  expect(told?.because).toContain("/etc/systemd/user/echo.service");
  expect(told?.next).not.toContain("iapeer");
});

describe("two presences", () => {
  const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };

  test("the default one sleeps while another is alive: what is said of it is true", async () => {
    const scene = await Scene.of({ peers: { two } });
    await scene.ask("two", "wake", { runtime: PLAIN });
    expect(nextOf(scene, "two", AGENT)).toBe(
      `${PLAIN}-two is alive: a message goes to that one, as does iapeer wake two. ` +
        `iapeer wake two -r ${AGENT} wakes this one.`,
    );
    const plain = { result: "already-alive", identity: `${PLAIN}-two` };
    expect(await scene.ask("two", "wake")).toMatchObject(plain);
    const agent = { result: "woke", identity: `${AGENT}-two` };
    expect(await scene.ask("two", "wake", { runtime: AGENT })).toMatchObject(agent);
    await scene.ask("two", "stop", { runtime: PLAIN });
    await scene.ask("two", "stop", { runtime: AGENT });
    expect(nextOf(scene, "two", AGENT)).toBe("iapeer start two starts it again.");
  });

  test("so it is of a stopped one", async () => {
    const scene = await Scene.of({ peers: { two } });
    await scene.ask("two", "stop", { runtime: AGENT });
    await scene.ask("two", "wake", { runtime: PLAIN });
    expect(nextOf(scene, "two", AGENT)).toBe(`iapeer start two -r ${AGENT} starts it again.`);
    const agent = { result: "woke", identity: `${AGENT}-two` };
    expect(await scene.ask("two", "start", { runtime: AGENT })).toMatchObject(agent);
  });
});
