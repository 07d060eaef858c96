// Every manager over this host's effects. The one that holds a root is the one that its install
// recorded, else the embedded one: a scratch root never touches what is the user's.

import type { ManagerName, ManagerProbes } from "../core/service.ts";
import { parseManagerRecord } from "../formats/manager-record.ts";
import type { Files } from "../ports/files.ts";
import type { ServiceManager } from "../ports/service-manager.ts";
import type { Services } from "../ports/services.ts";
import type { ManagerDeps } from "./deps.ts";
import { createEmbedded } from "./embedded/manager.ts";
import { createLaunchd } from "./launchd/manager.ts";
import { probeLaunchctl, probeSystemctl } from "./probe.ts";
import { createSystemd } from "./systemd/manager.ts";
import { lacksLaunchd, lacksSystemd, whileThere } from "./there.ts";

export interface ServicesSpec extends ManagerDeps {
  readonly platform: "linux" | "darwin";
  /** `layout.managerRecord`. */
  readonly record: string;
}

export function createServices(spec: ServicesSpec): Services {
  const all = createAll(spec);
  return {
    recorded: readRecord(spec.files, spec.record),
    named: (name) => all[name],
    probe: (asked) => probe(spec, asked),
  };
}

/** Whom a host's always-on peers are held by, as far as its install knows. */
export const holderOf = (services: Services): ServiceManager =>
  services.named(services.recorded ?? "embedded");

export function createAll(
  spec: ManagerDeps & { readonly platform: "linux" | "darwin" },
): Readonly<Record<ManagerName, ServiceManager>> {
  const launchd = whileThere(createLaunchd(spec), spec, () => lacksLaunchd(spec));
  const systemd = whileThere(createSystemd(spec), spec, () => lacksSystemd(spec));
  const embedded = createEmbedded(spec, spec.platform === "darwin" ? launchd : systemd);
  return { launchd, systemd, embedded };
}

function readRecord(files: Files, path: string): ManagerName | null {
  const read = files.read(path);
  const parsed = read.state === "ok" ? parseManagerRecord(read.text) : null;
  return parsed?.ok === true ? parsed.value.manager : null;
}

async function probe(spec: ServicesSpec, asked: ManagerName | null): Promise<ManagerProbes> {
  const { platform, uid } = spec;
  const recorded = readRecord(spec.files, spec.record);
  const isMac = platform === "darwin";
  // Nothing is asked of a program that no rule would listen to.
  const isNamed = (name: ManagerName) => asked === name || recorded === name;
  const other = { state: "absent" } as const;
  const [launchctl, systemctl] = await Promise.all([
    isMac || isNamed("launchd") ? probeLaunchctl(spec) : other,
    !isMac || isNamed("systemd") ? probeSystemctl(spec) : other,
  ]);
  return { asked, recorded, platform, uid, launchctl, systemctl };
}
