// A manager whose own program, or whose process for this user, is not on this host: it holds
// nothing, whatever an install has recorded. Its files are only files then, so that there is a way
// out; it starts nothing. One that is there and does not answer is only let go of where no file of
// ours, and no note that anything was handed to it, says that it may hold a job.

import { basename, dirname } from "node:path";
import { labelOf, WAY_OUT, type JobId, type ServiceAnswer } from "../core/service.ts";
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

export const isLaunchctlThere = (deps: Looking & Pick<ManagerDeps, "launchctl">): boolean =>
  isProgramThere(deps, deps.launchctl, "launchctl");
export const isSystemctlThere = (deps: Looking & Pick<ManagerDeps, "systemctl">): boolean =>
  isProgramThere(deps, deps.systemctl, "systemctl");

type Asking = Looking & Pick<ManagerDeps, "launchctl" | "systemctl" | "uid">;

/** Why launchd can hold nothing on this host; null: it may. */
export const lacksLaunchd = (deps: Asking): string | null =>
  isLaunchctlThere(deps) ? null : "launchd is not on this host";

/** Also where no user manager runs: then nobody has a place to be asked at. */
export function lacksSystemd(deps: Asking): string | null {
  if (!isSystemctlThere(deps)) return "systemd is not on this host";
  return isUserManagerThere(deps) ? null : "no systemd user manager runs here";
}

/**
 * By its own folder, which outlives its restart, and by the bus. A shell that `su` has made does
 * not name them, so they are looked for where a login has them too. What cannot be looked at
 * counts as there.
 */
function isUserManagerThere({ files, env, uid }: Asking): boolean {
  if ((env["DBUS_SESSION_BUS_ADDRESS"] ?? "") !== "") return true;
  const named = env["XDG_RUNTIME_DIR"] ?? "";
  const dirs = [...(named === "" ? [] : [named]), `/run/user/${uid}`];
  const places = dirs.flatMap((dir) => [`${dir}/systemd`, `${dir}/bus`]);
  return places.some((path) => files.statTarget(path).state !== "missing");
}

/** `manager` as long as it is there; looked at anew for each verb. */
export function whileThere(
  manager: ServiceManager,
  deps: ManagerDeps,
  lack: () => string | null,
): ServiceManager {
  const saying = (why: string) => ({ reason: `${why}, so it holds nothing` });
  const up =
    (verb: "install" | "start" | "restart"): ServiceManager["install"] =>
    async (job, proof) => {
      const why = lack();
      if (why === null) return led({ manager, deps, id: job.id }, await manager[verb](job, proof));
      const none = { exitCode: null, stderr: "", next: WAY_OUT };
      return { ...saying(why), ...none, state: "failed" };
    };
  return {
    ...manager,
    isThere: () => lack() === null,
    install: up("install"),
    start: up("start"),
    restart: up("restart"),
    query: async (id) => {
      const why = lack();
      if (why === null) return led({ manager, deps, id }, await manager.query(id));
      return { ...saying(why), state: "unknown", next: WAY_OUT };
    },
    stop: async (id) => {
      const why = lack();
      if (why === null) return letGo({ manager, deps, id }, await manager.stop(id));
      return { ...saying(why), state: "not-loaded" };
    },
    remove: async (id) => {
      const why = lack();
      if (why === null) return letGo({ manager, deps, id }, await manager.remove(id));
      return dropFile({ manager, deps, id }, why);
    },
  };
}

interface About {
  readonly manager: ServiceManager;
  readonly deps: ManagerDeps;
  readonly id: JobId;
}

/** A unit whose file somebody has taken away may still be loaded: the note tells of it. */
const mayHold = ({ manager, deps, id }: About): boolean =>
  manager.ownerOf(id).owner !== "absent" ||
  createLoadedText(deps.files, deps.jobsDir).isNoted(id);

/** An end that cannot be told is none, unless nothing was ever begun. */
function letGo(about: About, answer: ServiceAnswer): ServiceAnswer {
  if (answer.state !== "unknown" || mayHold(about)) return answer;
  const { manager } = about;
  const reason = `${manager.name} does not answer, and has neither a file of ours nor had one`;
  return { state: "not-loaded", reason };
}

/** Where nothing says that it holds the job, there is a way out. */
const led = (about: About, answer: ServiceAnswer): ServiceAnswer =>
  answer.state === "unknown" && !mayHold(about) ? { ...answer, next: WAY_OUT } : answer;

/** With the link by which systemd starts it at a login. */
function dropFile({ manager, deps, id }: About, lacking: string): ServiceAnswer {
  const path = manager.fileOf(id) ?? "";
  const owner = manager.ownerOf(id);
  const against = refusal(owner, path);
  if (against !== null) return against;
  createLoadedText(deps.files, deps.jobsDir).forget(id);
  const reason = `${lacking}; ${path} is deleted`;
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
