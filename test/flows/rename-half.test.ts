// A rename whose second half fails has happened all the same: the daemon knows the peer under its
// new name, its folder is where the registry says, and a service manager holds it.

import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import type { Host } from "../../src/ports/host.ts";
import { NO_WATCH } from "../fakes/death-watch.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { must, preparedPlace, type RootHost } from "./root-host.ts";

/** Fails from the second time on that the registry is written, or locked. */
const FAILING: Readonly<Record<string, (host: RootHost) => Partial<Host>>> = {
  "its registry cannot be written": ({ files, layout }) => {
    let writes = 0;
    const full = { state: "failed", code: "ENOSPC", detail: "no space left" } as const;
    const writeAtomic: typeof files.writeAtomic = (path, ...rest) => {
      if (path === layout.registry && ++writes > 1) return full;
      return files.writeAtomic(path, ...rest);
    };
    return { files: { ...files, writeAtomic } };
  },
  "its registry is written, and nobody can say so": ({ files, layout }) => {
    let writes = 0;
    const unsynced = { state: "failed", code: "EIO", detail: "not synced" } as const;
    const writeAtomic: typeof files.writeAtomic = (path, ...rest) => {
      const written = files.writeAtomic(path, ...rest);
      return path === layout.registry && ++writes > 1 ? unsynced : written;
    };
    return { files: { ...files, writeAtomic } };
  },
  "its registry is locked": ({ lock }) => {
    let locks = 0;
    const withLock: typeof lock.withLock = (path, work) =>
      ++locks > 1 ? Promise.resolve({ ok: false, error: "busy" }) : lock.withLock(path, work);
    return { lock: { ...lock, withLock } };
  },
};

for (const [name, failing] of Object.entries(FAILING)) {
  test(name, async () => {
    using at = preparedPlace();
    const manager = new FakeServiceManager("systemd");
    const command = { argv: ["/bin/cat"] };
    const base: Host = { ...at.host, manager };
    must(await createPeer(base, { name: "a", runtime: "command", alwaysOn: true, command }));
    manager.managed.add("a");
    const host: Host = { ...base, ...failing(at.host) };
    const supervisor = createSupervisor(host, NO_WATCH);
    await supervisor.adoptAll();
    const call = { personality: "a" as never, verb: "rename", request: { to: "b" } } as const;
    const answer = await supervisor.verb(call);
    expect(answer).toMatchObject({ result: "failed", cause: "folder-not-moved" });
    const read = readRegistry(host);
    const peers = read.state === "ok" ? read.registry.peers : [];
    expect(peers.map(({ personality, cwd }) => [String(personality), existsSync(cwd)])).toEqual([
      ["b", true],
    ]);
    expect([...manager.managed]).toEqual(["b"]);
    expect(supervisor.snapshot().peers.map(({ personality }) => String(personality))).toEqual([
      "b",
    ]);
    await supervisor.stop();
  });
}
