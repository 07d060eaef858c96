// A root whose service managers only remember what they were asked.

import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { MANAGERS, type ManagerName } from "../../src/core/service.ts";
import type { DaemonStatus } from "../../src/core/snapshot.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { preparedPlace } from "./root-host.ts";

export const COMMAND = "command" as RuntimeName;

export const peer = (personality: string, alwaysOn: boolean): RegistryEntry => ({
  personality: personality as Personality,
  runtimes: [COMMAND],
  default_runtime: COMMAND,
  description: "a peer of a test",
  intelligence: "absent",
  wake_policy: "warm",
  always_on: alwaysOn,
  command: { argv: ["/bin/cat"] },
  interfaces: {},
  cwd: `/nowhere/${personality}`,
});

export const choice = (manager: ManagerName) => ({ manager, trace: [] });

type Managers = Readonly<Record<ManagerName, FakeServiceManager>>;

export function place(peers: readonly RegistryEntry[]) {
  const { host, dir, [Symbol.dispose]: dispose } = preparedPlace();
  const registry = renderRegistry({ version: 1, peers });
  host.files.writeAtomic(host.layout.registry, registry);
  const managers = Object.fromEntries(
    MANAGERS.map((name) => [name, new FakeServiceManager(name)]),
  ) as unknown as Managers;
  const none: DaemonStatus = { schema: "iapeer.daemon.v1", state: "not-running" };
  const daemon = { status: none, stops: 0 };
  const context: ServiceContext = {
    host,
    services: {
      recorded: null,
      named: (name) => managers[name],
      probe: () => Promise.reject(new Error("nobody asks")),
    },
    daemon: {
      status: () => Promise.resolve(daemon.status),
      stop: () => {
        daemon.stops += 1;
        return Promise.resolve({ state: "no-daemon" });
      },
    },
  };
  return { host, dir, managers, daemon, context, [Symbol.dispose]: dispose };
}
