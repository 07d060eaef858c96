// A launch whose server is gone before it is looked at (lifecycle §2, §5, §7): nobody is taken for
// it, it is up only while it answers, and it has one end record.

import { describe, expect, test } from "bun:test";
import type { GenerationId } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { launch, type LaunchSpec } from "../../src/flows/session/launch.ts";
import { pathsOf, readEnd, recordEnd } from "../../src/flows/session/records.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { END } from "../formats/record-samples.ts";
import { SessionPlace } from "./session-place.ts";

const GENERATION = "20990102T030405678Z-0a1b" as GenerationId;

/** A free path, and the launch of the next life on it. */
function prepared() {
  const place = new SessionPlace();
  place.kill(place.server.process);
  place.world.files.remove(place.socket);
  const { identity, personality, cwd } = place.start;
  const ref = { identity, generation: GENERATION };
  place.world.files.makeFolder(pathsOf(place.host, ref).dir);
  const peer: RegistryEntry = {
    personality,
    runtimes: [PLAIN],
    default_runtime: PLAIN,
    description: "",
    intelligence: "absent",
    wake_policy: "warm",
    always_on: false,
    interfaces: {},
    cwd,
  };
  const spec = {
    presence: { identity, runtime: PLAIN, peer },
    generation: GENERATION,
    socket: place.socket,
    mode: "fresh",
    cause: "start",
    plan: { argv: ["plain"], env: {}, ready: { by: "alive", forMs: 1 } },
    launchEnv: {},
    secretPaths: [],
  } as const;
  const run = (more: Partial<LaunchSpec> = {}) =>
    place.settle(launch(place.host, { ...spec, ...more }));
  return { place, ref, run };
}

/** tmux says that it is up; by now a stranger has the server's pid, and nobody the pane's. */
function replaced() {
  const at = prepared();
  const { table } = at.place.world;
  const stranger = table.spawn({ kind: "stranger" });
  const pane = table.spawn({ kind: "stranger" });
  table.exit(pane, { code: 0 });
  const pids = { serverPid: stranger.ref.pid, panePid: pane.ref.pid };
  at.place.host.tmux.newSession = () => Promise.resolve({ state: "up", ...pids });
  return { ...at, stranger };
}

const saying = (words: string): unknown => expect.stringContaining(words);

describe("whoever has its server's pid", () => {
  test.each(["missing", "refused"] as const)("is no server: its socket is %s", async (probed) => {
    const { place, ref, run, stranger } = replaced();
    if (probed === "refused") place.world.files.special(place.socket, "socket");
    expect(place.host.tmux.probe(place.socket)).toBe(probed);
    const outcome = await run();
    expect(outcome).toMatchObject({ state: "failed", detail: saying("was gone") });
    expect(outcome).not.toHaveProperty("ended");
    expect(readEnd(place.host, ref)).toMatchObject({ end: { cause: "launch-failed" } });
    expect(stranger.state).toBe("running");
    expect(place.sent).toEqual([]);
    expect(place.world.table.all().some(({ kind }) => kind === "canary")).toBe(false);
  });

  test("is no server, and nothing is recorded, while the socket does not say", async () => {
    const { place, ref, run } = replaced();
    place.host.tmux.probe = () => "unknown";
    expect(await run()).toMatchObject({ state: "failed", detail: saying("may have come up") });
    expect(readEnd(place.host, ref).state).toBe("none");
  });
});

test("a server that answers is up, though the process in its pane has ended", async () => {
  const { place, run } = prepared();
  const { tmux } = place.host;
  const begin = tmux.newSession.bind(tmux);
  tmux.newSession = async (spec) => {
    const outcome = await begin(spec);
    const server = place.world.tmux.at(place.socket);
    if (server !== null) place.kill(server.pane.process);
    return outcome;
  };
  expect(await run()).toMatchObject({ state: "up", isNoted: true });
});

test("a witness that was faster than the launcher has the record", async () => {
  const { place, ref, run } = replaced();
  recordEnd(place.host, { ...END, ...ref });
  expect(await run()).toMatchObject({ state: "failed", ended: { by: "canary", ...ref } });
  expect(readEnd(place.host, ref)).toMatchObject({ end: { by: "canary", cause: END.cause } });
  expect(place.events.filter(({ ev }) => ev === "server-exit")).toHaveLength(1);
});

test("of launch.env only what the session gets is a secret in the record of its argv", async () => {
  const { place, ref, run } = prepared();
  const env = { KEY: "s3cret-value" };
  await run({
    launchEnv: { ...env, IAPEER_PROGRAM: "/opt/elsewhere/plain" },
    plan: { argv: ["/opt/elsewhere/plain", env.KEY], env, ready: { by: "alive", forMs: 1 } },
  });
  const read = place.host.files.read(pathsOf(place.host, ref).start);
  const { argv } = JSON.parse(read.state === "ok" ? read.text : "{}");
  expect(argv).toEqual(["/opt/elsewhere/plain", "[redacted]"]);
});

describe("nothing is run", () => {
  function watched() {
    const at = prepared();
    let launches = 0;
    at.place.host.tmux.newSession = () => {
      launches += 1;
      return Promise.resolve({ state: "failed", reason: "refused", detail: "it was run" });
    };
    return { ...at, launches: () => launches };
  }

  test("by what somebody else has put where its witnesses' scripts go", async () => {
    const { place, ref, run, launches } = watched();
    const { canaryScript } = pathsOf(place.host, ref);
    place.world.files.writeAtomic(canaryScript, "reboot");
    const detail = `${canaryScript} is there already`;
    expect(await run()).toEqual({ state: "failed", detail });
    expect(launches()).toBe(0);
    expect(readEnd(place.host, ref)).toMatchObject({ end: { started: false } });
  });

  test("without room for the scripts", async () => {
    const { place, run, launches } = watched();
    place.host.files.writeNew = () => ({ state: "failed", code: "ENOSPC", detail: "no room" });
    expect(await run()).toEqual({ state: "failed", detail: "no room" });
    expect(launches()).toBe(0);
  });

  test("without room for its record", async () => {
    const { place, run, launches } = watched();
    place.host.files.writeAtomic = () => ({ state: "failed", code: "ENOSPC", detail: "no room" });
    expect(await run()).toEqual({ state: "failed", detail: "no room" });
    expect(launches()).toBe(0);
  });
});

describe("one that came up", () => {
  const cameUp = () => {
    const at = prepared();
    const { host } = at.place;
    const entry = at.place.world.table.spawn({ kind: "stranger" });
    const { pid } = entry.ref;
    host.tmux.newSession = () => Promise.resolve({ state: "up", serverPid: pid, panePid: pid });
    return { ...at, entry, host };
  };

  test("and is gone has failed, which is on record", async () => {
    const { run, ref, host, place, entry } = cameUp();
    place.world.table.exit(entry, { code: 0 });
    expect(await run()).toMatchObject({ state: "failed" });
    expect(readEnd(host, ref)).toMatchObject({ end: { cause: "launch-failed" } });
  });

  test("and cannot be told has no end", async () => {
    const { run, ref, host } = cameUp();
    host.processes.identify = () => "unknown";
    host.tmux.probe = () => "unknown";
    expect(await run()).toMatchObject({ detail: "cannot tell its pids; it may have come up" });
    expect(readEnd(host, ref)).toEqual({ state: "none" });
  });
});
