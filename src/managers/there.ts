// A manager whose own program is not on this host: it holds nothing, whatever an install has
// recorded. Its files are only files then, so that there is a way out; it starts nothing.

import { basename, dirname } from "node:path";
import { labelOf, type JobId, type ServiceAnswer } from "../core/service.ts";
import type { ServiceManager } from "../ports/service-manager.ts";
import type { ManagerDeps } from "./deps.ts";
import { createLoadedText } from "./loaded-text.ts";
import { refusal } from "./refuse.ts";
import { dropHalfWritten } from "./write-job.ts";

const USUAL = ["/bin", "/usr/bin", "/usr/local/bin", "/run/current-system/sw/bin"] as const;

type Looking = Pick<ManagerDeps, "files" | "env">;

/**
 * Where it is configured, on PATH, or in a usual place: a path that is merely wrong says nothing
 * about the host. What cannot be looked at counts as there.
 */
export function isProgramThere({ files, env }: Looking, program: string, usual: string): boolean {
  const dirs = [...(env["PATH"] ?? "").split(":").filter((dir) => dir.startsWith("/")), ...USUAL];
  const configured = program.includes("/") ? [program] : dirs.map((dir) => `${dir}/${program}`);
  const places = [...configured, ...dirs.map((dir) => `${dir}/${usual}`)];
  return places.some((path) => files.statTarget(path).state !== "missing");
}

export const isLaunchctlThere = (deps: ManagerDeps): boolean =>
  isProgramThere(deps, deps.launchctl, "launchctl");
export const isSystemctlThere = (deps: ManagerDeps): boolean =>
  isProgramThere(deps, deps.systemctl, "systemctl");

const WAY_OUT = "iapeer daemon install --manager embedded, or iapeer daemon uninstall";

/** `manager` as long as its program is there; looked at anew for each verb. */
export function whileThere(
  manager: ServiceManager,
  deps: ManagerDeps,
  isThere: () => boolean,
): ServiceManager {
  const said = { reason: `${manager.name} is not on this host, so it holds nothing` };
  const not = { ...said, state: "failed", exitCode: null, stderr: "", next: WAY_OUT } as const;
  const refused = () => Promise.resolve<ServiceAnswer>(not);
  return {
    ...manager,
    isThere,
    install: (job, proof) => (isThere() ? manager.install(job, proof) : refused()),
    start: (job, proof) => (isThere() ? manager.start(job, proof) : refused()),
    restart: (job, proof) => (isThere() ? manager.restart(job, proof) : refused()),
    query: (id) =>
      isThere()
        ? manager.query(id)
        : Promise.resolve({ ...said, state: "unknown", next: WAY_OUT }),
    stop: (id) =>
      isThere() ? manager.stop(id) : Promise.resolve({ ...said, state: "not-loaded" }),
    remove: (id) =>
      isThere() ? manager.remove(id) : Promise.resolve(dropFile(manager, deps, id)),
  };
}

/** With the link by which systemd starts it at a login. */
function dropFile(manager: ServiceManager, deps: ManagerDeps, id: JobId): ServiceAnswer {
  const path = manager.fileOf(id) ?? "";
  const owner = manager.ownerOf(id);
  const against = refusal(owner, path);
  if (against !== null) return against;
  createLoadedText(deps.files, deps.jobsDir).forget(id);
  const reason = `${manager.name} is not on this host; ${path} is deleted`;
  if (owner.owner === "absent") return { state: "not-loaded", reason };
  const dir = dirname(path);
  if (manager.name === "systemd") {
    deps.files.remove(`${dir}/default.target.wants/${basename(path)}`);
  }
  const gone = deps.files.remove(path);
  dropHalfWritten(deps, dir);
  if (gone.state === "ok") return { state: "not-loaded", reason };
  const why = `${path} cannot be deleted: ${gone.detail}`;
  const next = `make ${dir} writable for you, then: ${WAY_OUT}`;
  return { state: "failed", exitCode: null, stderr: "", reason: `${labelOf(id)}: ${why}`, next };
}
