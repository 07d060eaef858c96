// The canary on real servers (lifecycle §6), armed beside a server and as its launcher: what is
// killed, who records it, and who must not.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

import type { EndRecord } from "../../src/core/generation.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { wallMs } from "../../src/core/brand.ts";
import { canaryChannel, forensicsPath } from "../../src/formats/canary-script.ts";
import { endLogEvent } from "../../src/formats/end-record.ts";
import { parseInstant } from "../../src/formats/instant.ts";
import { parseLine, renderLine } from "../../src/formats/logfmt.ts";
import { Generation, type GenerationOptions } from "./generation.ts";
import { clock, env, exec, processes, SHELLS, tmux, tools, until } from "./host-under-test.ts";

const MODES = {
  "beside its server": async (options: GenerationOptions) => {
    const made = await new Generation(options).launch();
    await made.arm();
    return made;
  },
  "as its launcher": (options: GenerationOptions) => new Generation(options).launchWatched(),
} as const;

const tmuxCommand = (made: Generation, ...args: string[]) =>
  exec.run({
    argv: [tools.tmux, "-S", made.facts.socket, ...args],
    env,
    timeoutMs: 10_000,
  });

const ended = (made: Generation): Promise<EndRecord> => until("end.json", () => made.end());

/** The record and its line agree, and the forensics file is where they say. */
async function expectRecorded(made: Generation, wanted: Partial<EndRecord>): Promise<EndRecord> {
  const end = await ended(made);
  await made.gone(made.theCanary());
  expect(end).toMatchObject({
    version: 1,
    ev: "server-exit",
    by: "canary",
    identity: made.identity,
    generation: made.id,
    serverPid: made.theServer().pid,
    forensics: forensicsPath(made.facts),
    ...wanted,
  });
  const lines = made.exitLines();
  expect(lines).toHaveLength(1);
  const line = parseLine(lines[0] ?? "");
  const wall = parseInstant(end.ts) ?? wallMs(0);
  const ours = parseLine(renderLine({ ...endLogEvent(end), wall }));
  expect({ ...line?.fields, memory_pressure_percent: 0 }).toEqual({
    ...ours?.fields,
    memory_pressure_percent: 0,
  } as never);
  expect([line?.ts, line?.ev]).toEqual([end.ts, "server-exit"]);
  expect(Object.keys(line?.fields ?? {}).slice(0, 6)).toEqual([
    "identity",
    "generation",
    "server_pid",
    "wait_rc",
    "cause",
    "forensics",
  ]);
  expect(Math.abs(wall - clock.wall())).toBeLessThan(20_000);
  expect(statSync(end.forensics ?? "").mode & 0o777).toBe(0o600);
  expect(statSync(made.paths.end).mode & 0o777).toBe(0o600);
  return end;
}

/** The canary has gone without a word. */
async function expectSilent(made: Generation): Promise<void> {
  await made.gone(made.theCanary());
  expect(made.exitLines()).toEqual([]);
  expect(existsSync(forensicsPath(made.facts))).toBe(false);
}

/** It has another client, and that one waits in the server. */
const watchesAgain = (made: Generation, before: ProcessRef | null): Promise<unknown> =>
  until("another client", () => {
    const next = made.theClient();
    return next !== null && next.pid !== before?.pid && made.clients() === 1;
  });

for (const [mode, start] of Object.entries(MODES)) {
  describe(`a canary ${mode}`, () => {
    test("says who it is, and costs two small processes", async () => {
      await using made = await start({});
      const canary = made.theCanary();
      expect(made.canaryPid()).toEqual(canary);
      const family = [canary, ...processes.descendants(canary)];
      const watchers = family.filter((process) => process.pid !== made.theServer().pid);
      expect(watchers).toHaveLength(2);
    });

    test.each([
      ["the server is killed", "KILL", "server-vanished", 1],
      ["the server is asked to end", "TERM", "signaled-server-gone", 0],
    ] as const)("%s", async (...[, signal, cause, waitRc]) => {
      await using made = await start({});
      processes.signal(made.theServer(), signal);
      await expectRecorded(made, { cause, waitRc });
    });

    test.each([["kill-server"], ["kill-session"]])("%s", async (command) => {
      await using made = await start({});
      await tmuxCommand(made, command);
      await expectRecorded(made, { cause: "signaled-server-gone", waitRc: 0 });
    });

    test("server and client are killed together", async () => {
      await using made = await start({});
      const client = made.theClient();
      processes.signal(made.theServer(), "KILL");
      if (client !== null) processes.signal(client, "KILL");
      const end = await expectRecorded(made, {});
      expect(["client-killed-server-gone", "server-vanished"]).toContain(end.cause ?? "");
    });

    test.each(["KILL", "TERM"] as const)("only its client gets %s", async (signal) => {
      await using made = await start({});
      const first = made.theClient();
      if (first === null) throw new Error("no client");
      processes.signal(first, signal);
      await made.gone(first);
      await watchesAgain(made, first);
      expect(made.end()).toBeNull();
      processes.signal(made.theServer(), "KILL");
      await expectRecorded(made, { cause: "server-vanished", waitRc: 1 });
    });

    test("its channel is signalled while the server lives: it watches on", async () => {
      await using made = await start({});
      const first = made.theClient();
      await tmux.signalChannel(made.facts.socket, canaryChannel(made.identity));
      await watchesAgain(made, first);
      expect(made.end()).toBeNull();
      processes.signal(made.theServer(), "TERM");
      await expectRecorded(made, { cause: "signaled-server-gone" });
    });

    test.each(["TERM", "INT", "HUP"] as const)("dismissed by %s, silently", async (signal) => {
      await using made = await start({});
      const client = made.theClient();
      processes.signal(made.theCanary(), signal);
      await expectSilent(made);
      expect(made.end()).toBeNull();
      expect(processes.liveness(made.theServer())).toBe("alive");
      // Or the server could not end: it waits for its clients.
      if (client !== null) await made.gone(client);
    });

    test("an end that is on record already leaves it silent", async () => {
      await using made = await start({});
      writeFileSync(made.paths.end, "{}\n");
      processes.signal(made.theServer(), "KILL");
      await expectSilent(made);
      expect(readFileSync(made.paths.end, "utf8")).toBe("{}\n");
    });

    test("a folder that is gone needs no record", async () => {
      await using made = await start({});
      rmSync(made.paths.dir, { recursive: true });
      processes.signal(made.theServer(), "KILL");
      await expectSilent(made);
      expect(existsSync(made.paths.dir)).toBe(false);
    });

    test("a successor on the same socket is not the server it watched", async () => {
      await using made = await start({});
      const paused = made.theCanary();
      exec.detach({ argv: ["/bin/kill", "-STOP", String(paused.pid)] });
      await until("the pause", () => stateOf(paused.pid) === "T");
      processes.signal(made.theServer(), "KILL");
      await made.gone(made.theServer());
      await using next = await new Generation({ beside: made }).launch();
      processes.signal(paused, "CONT");
      await expectRecorded(made, { cause: "server-vanished" });
      expect(next.end()).toBeNull();
      expect(processes.liveness(next.theServer())).toBe("alive");
    });
  });
}

/** The letter that the kernel gives a process's state. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("run by %s", (_, shell) => {
  test("it records a death", async () => {
    await using made = await new Generation({ shell }).launch();
    await made.arm();
    processes.signal(made.theServer(), "KILL");
    await expectRecorded(made, { cause: "server-vanished", waitRc: 1 });
  });

  test("it is dismissed by TERM", async () => {
    await using made = await new Generation({ shell }).launch();
    await made.arm();
    processes.signal(made.theCanary(), "TERM");
    await expectSilent(made);
  });
});
