// What is seen of a peer (daemon/observe): nobody is taken for alive by another boot's pids, and
// nobody is taken for idle, or for alone, of whom that is not known.

import { expect, test } from "bun:test";
import { observe } from "../../src/daemon/observe.ts";
import { pruneLives } from "../../src/daemon/housekeeping.ts";
import { listGenerations } from "../../src/flows/session/records.ts";
import { Scene } from "../sim/scene.ts";
import { ownSupervisor } from "./own-supervisor.ts";

test("whoever has the pids and start times of another boot's session is not that one", async () => {
  const { scene, context, live } = await ownSupervisor();
  if (live.start === null) throw new Error("it has no record");
  live.start = { ...live.start, bootId: "boot-0" };
  live.armed.clear();
  const { generation } = observe(context.host, live);
  expect(generation).toMatchObject({ server: "dead", pane: "dead" });
  expect(scene.server("echo").process.state).toBe("running");
});

test("whether anybody is attached may be impossible to tell: nobody is parked then", async () => {
  const config = { idleMs: 600_000 };
  const scene = await Scene.of({ peers: { echo: {} }, config });
  await scene.ask("echo", "wake");
  const { tmux } = scene.manned.host;
  const query = tmux.query.bind(tmux);
  let said: string | null = null;
  tmux.query = (socket, identity, format) => {
    if (format !== "#{session_attached}") return query(socket, identity, format);
    return Promise.resolve(
      said === null ? { state: "unknown", detail: "no answer" } : { state: "answered", text: said },
    );
  };
  for (const answer of [null, "", "\n", "many", "-1"]) {
    said = answer;
    await scene.pass(config.idleMs + scene.world.config.tickMs);
    expect(scene.ends("echo")).toEqual([null]);
  }
  said = "0\n";
  await scene.pass(config.idleMs);
  expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
});

test("one that is being readied is not idle, however long it prints nothing", async () => {
  const { context, live, scene } = await ownSupervisor();
  await scene.pass(60_000);
  const idle = () => observe(context.host, live).generation?.idleMs;
  expect(idle()).toBeGreaterThan(0);
  live.readying = true;
  expect(idle()).toBe(0);
});

test("of one that no registry names, and without a log, nobody knows", async () => {
  const { context, live, scene } = await ownSupervisor();
  scene.world.files.remove(scene.world.layout.paneLog(live.identity));
  const idle = () => observe(context.host, live).generation?.idleMs;
  expect(idle()).toBeNumber();
  live.presence = null;
  expect(idle()).toBe("unknown");
});

test("the life that a document names stays, be there ever so many after it", async () => {
  const { context, live, scene, server, ref } = await ownSupervisor();
  const { host } = context;
  const { files, layout } = scene.world;
  const others = Array.from({ length: 200 }, (_, at) => `20990101T000000${100 + at}Z-aaaa`);
  for (const other of [...others, ref.generation]) {
    const dir = `${layout.sessionDir(live.identity)}/${other}`;
    files.makeFolder(dir);
    files.writeAtomic(`${dir}/end.json`, "{}");
  }
  const all = () => listGenerations(host, live.identity);
  pruneLives(host, live, all());
  expect(all().length).toBeLessThan(200);
  expect(files.stat(server.dir).state).toBe("ok");
  live.doc = { ...live.doc, generation: null, settled: ref.generation };
  pruneLives(host, live, all());
  expect(files.stat(server.dir).state).toBe("ok");
  live.doc = { ...live.doc, settled: null };
  pruneLives(host, live, all());
  expect(files.stat(server.dir).state).toBe("missing");
});
