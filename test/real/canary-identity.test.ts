// Whose end a canary records (lifecycle §2, §6): the server's that it watched, by pid and start
// time, or by the stamp, and never that of one which never came up.

import { describe, expect, test } from "bun:test";

import { LOOK_LINUX } from "../../src/formats/canary-look.ts";
import { canaryChannel } from "../../src/formats/canary-script.ts";
import { Generation } from "./generation.ts";
import { env, exec, processes, SHELLS, tmux, until } from "./host-under-test.ts";

const ended = (made: Generation) => until("end.json", () => made.end());

describe("whose end it records", () => {
  const other = (made: Generation) => {
    const { pid, start } = made.theServer();
    return { pid, start: `${start}1` };
  };

  test("a reused pid is another process, found before the first wait", async () => {
    await using made = await new Generation().launch();
    made.writeStart(other(made));
    made.spawnCanary();
    const end = await ended(made);
    expect(end).toMatchObject({ cause: "server-vanished", serverPid: made.theServer().pid });
    expect(processes.liveness(made.theServer())).toBe("alive");
  });

  test("a reused pid is another process, found after a wait", async () => {
    await using made = await new Generation().launchWatched();
    made.writeStart(other(made));
    await tmux.signalChannel(made.facts.socket, canaryChannel(made.identity));
    const end = await ended(made);
    expect(end).toMatchObject({ cause: "signaled-server-gone", serverPid: made.theServer().pid });
  });

  test("a start record without its server: the stamp tells", async () => {
    await using made = await new Generation().launch();
    made.writeStart(null);
    await made.arm();
    expect(made.end()).toBeNull();
    processes.signal(made.theServer(), "KILL");
    const end = await ended(made);
    expect(end.cause).toBe("server-vanished");
    expect(end.serverPid).toBeUndefined();
  });

  test("another generation's stamp on the socket: its own server is gone", async () => {
    await using made = await new Generation().launch();
    await using next = new Generation({ beside: made });
    next.writeStart(null);
    next.spawnCanary();
    expect(await ended(next)).toMatchObject({ generation: next.id, cause: "server-vanished" });
    expect(made.end()).toBeNull();
  });

  test("a server that never came up is its launcher's to record", async () => {
    await using made = new Generation({ facts: { socket: "/nonexistent/folder/s" } });
    const failure = await made.launchWatched().catch(String);
    expect(failure).toContain("No such file or directory");
    await until("canary.pid", () => made.canaryPid());
    const canary = made.canaryPid();
    if (canary !== null) await made.gone(canary);
    expect([made.end(), made.exitLines()]).toEqual([null, []]);
  });
});

describe.if(process.platform === "linux")("a process that cannot be looked at", () => {
  const look = async (shell: readonly string[], before: string, pid: number) => {
    const text = `set -f; ${before}\n${LOOK_LINUX}\nlook ${pid}; printf %s "$state"`;
    const argv = [...shell, "-c", text];
    return (await exec.run({ argv, env, timeoutMs: 10_000 })).stdout;
  };

  test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
    "for want of a descriptor is not dead, by %s",
    async (_, shell) => {
      expect(await look(shell, "", process.pid)).toBe("alive");
      expect(await look(shell, "ulimit -n 3", process.pid)).toBe("unknown");
      const child = Bun.spawn(["/bin/true"]);
      await child.exited;
      await until("its pid is free", () => processes.exists(child.pid) === "dead");
      expect(await look(shell, "ulimit -n 3", child.pid)).toBe("dead");
    },
  );
});
