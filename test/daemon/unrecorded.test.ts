// Lives whose end record has not been seen yet (lifecycle §5): nothing is said of one that goes on,
// or that nobody can judge; and what is said is said once.

import { describe, expect, test } from "bun:test";
import { expectRecord, recordAllExpected } from "../../src/daemon/unrecorded.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import type { Scene } from "../sim/scene.ts";
import { ownSupervisor, type OwnSupervisor } from "./own-supervisor.ts";

const killCanaries = (scene: Scene) => {
  for (const entry of scene.world.table.all()) if (entry.kind === "canary") scene.kill(entry);
};

const isAwaited = ({ context, ref }: OwnSupervisor) => context.unrecorded.has(ref.generation);

describe("one that was given up", () => {
  async function givenUp(how: (of: OwnSupervisor) => void) {
    const of = await ownSupervisor(killCanaries);
    const { scene, context, ref } = of;
    const { start } = of.live;
    how(of);
    expectRecord(context, { ...ref, start });
    await scene.pass(scene.world.config.witnessGraceMs);
    return of;
  }

  test("and came up since has no end", async () => {
    const of = await givenUp(() => undefined);
    expect([of.scene.ends("echo"), isAwaited(of)]).toEqual([[null], false]);
  });

  test("and cannot be judged is asked about again", async () => {
    const of = await givenUp(({ scene }) => void (scene.world.faults.unknown = 1));
    expect(isAwaited(of)).toBe(true);
    of.scene.world.faults.unknown = 0;
    expect(of.scene.ends("echo")).toEqual([null]);
    of.scene.kill(of.server.process);
    recordAllExpected(of.context);
    expect(of.scene.ends("echo")).toMatchObject([{ cause: "server-vanished" }]);
    expect(isAwaited(of)).toBe(false);
  });

  test("is known by what a full disk kept off its record", async () => {
    const of = await givenUp(({ scene, live, server: { dir } }) => {
      if (live.start === null) throw new Error("it has no record");
      const { server: _server, pane: _pane, ...bare } = live.start;
      scene.world.files.writeAtomic(`${dir}/start.json`, renderStartRecord(bare));
      scene.world.files.remove(`${dir}/pids`);
    });
    expect([of.scene.ends("echo"), isAwaited(of)]).toEqual([[null], false]);
  });
});

describe("one without a record that could be read, of which nobody knew whether it lives", () => {
  async function unsure(how: (of: OwnSupervisor) => void) {
    const of = await ownSupervisor(killCanaries);
    const { context, ref } = of;
    context.lives.delete(ref.identity);
    how(of);
    context.unrecorded.set(ref.generation, { ...ref, start: null, unsure: true });
    await look(of);
    return of;
  }

  async function look({ context, scene }: OwnSupervisor): Promise<void> {
    recordAllExpected(context);
    await scene.pass(5000);
  }

  const startOf = ({ server }: OwnSupervisor) => `${server.dir}/start.json`;

  test("has none while it cannot be read, and the right one then", async () => {
    const of = await unsure((it) => {
      it.scene.world.files.denied.add(startOf(it));
      it.scene.kill(it.server.process);
    });
    expect([of.scene.ends("echo"), isAwaited(of)]).toEqual([[null], true]);
    of.scene.world.files.denied.clear();
    await look(of);
    expect(of.scene.ends("echo")).toMatchObject([{ cause: "server-vanished" }]);
    expect(isAwaited(of)).toBe(false);
  });

  test("has none where it answers: its record is made anew", async () => {
    const of = await unsure((it) => it.scene.world.files.writeAtomic(startOf(it), "{"));
    expect(of.scene.ends("echo")).toEqual([null]);
    expect(of.scene.world.files.read(startOf(of))).toMatchObject({
      text: expect.stringContaining(String(of.server.process.ref.pid)),
    });
  });

  test("has one where nobody answers, whose line is looked for", async () => {
    const of = await unsure((it) => {
      it.scene.kill(it.server.process);
      it.scene.world.files.writeAtomic(startOf(it), "{");
    });
    expect(of.scene.ends("echo")).toMatchObject([{ cause: "unwitnessed" }]);
    const { generation } = of.ref;
    expect([isAwaited(of), of.context.unlined.has(generation)]).toEqual([false, true]);
  });
});
