// A rename whose folder cannot be moved has happened all the same: a service manager holds the
// peer under its new name (service-manager contract).

import { expect, test } from "bun:test";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import type { Host } from "../../src/ports/host.ts";
import { NO_WATCH } from "../fakes/death-watch.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { must, preparedPlace } from "./root-host.ts";

test("its folder stays, and its job is the new name's", async () => {
  using at = preparedPlace();
  const manager = new FakeServiceManager("systemd");
  const { files } = at.host;
  const busy = { state: "failed", code: "EBUSY", detail: "resource busy" } as const;
  const rename = (from: string, to: string) =>
    from.endsWith("/peers/a") ? busy : files.rename(from, to);
  const host: Host = { ...at.host, manager, files: { ...files, rename } };
  const command = { argv: ["/bin/cat"] };
  must(await createPeer(host, { name: "a", runtime: "command", alwaysOn: true, command }));
  manager.managed.add("a");
  const supervisor = createSupervisor(host, NO_WATCH);
  await supervisor.adoptAll();
  const call = { personality: "a" as never, verb: "rename", request: { to: "b" } } as const;
  const answer = await supervisor.verb(call);
  expect(answer).toMatchObject({ result: "failed", cause: "folder-not-moved" });
  expect([...manager.managed]).toEqual(["b"]);
  expect(supervisor.snapshot().peers.map(({ personality }) => String(personality))).toEqual(["b"]);
  await supervisor.stop();
});
