// A service manager that holds whom the test says (ports/service-manager.ts), and remembers what
// it was asked.

import type { Personality } from "../../src/core/names.ts";
import { ok } from "../../src/core/result.ts";
import {
  labelOf,
  peerJobId,
  type JobId,
  type JobOwner,
  type JobSeen,
  type ManagerName,
  type ServiceAnswer,
  type ServiceJob,
} from "../../src/core/service.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";
import type { Services } from "../../src/ports/services.ts";

const SEEN: JobSeen = {
  pid: 4242,
  activity: "running",
  domain: null,
  alsoIn: [],
  path: null,
  runs: 1,
  lastExit: null,
};

export class FakeServiceManager implements ServiceManager {
  readonly managed = new Set<string>();
  /** `verb label`, in order. */
  readonly asked: string[] = [];
  /** Its program is on this host. */
  there = true;

  constructor(readonly name: ManagerName = "embedded") {}

  isThere(): boolean {
    return this.there;
  }

  manages(personality: Personality): boolean {
    return this.managed.has(personality);
  }

  fileOf(_id: JobId): string | null {
    return null;
  }

  ownerOf(id: JobId): JobOwner {
    const held = id.kind === "peer" && this.managed.has(id.personality);
    return { owner: held ? "ours" : "absent" };
  }

  held(): readonly JobId[] {
    return [...this.managed].map((name) => peerJobId(name as Personality));
  }

  render(job: ServiceJob) {
    return ok(labelOf(job.id));
  }

  install(job: ServiceJob): Promise<ServiceAnswer> {
    if (job.id.kind === "peer") this.managed.add(job.id.personality);
    return this.#answer("install", job.id, "loaded");
  }

  remove(id: JobId): Promise<ServiceAnswer> {
    if (id.kind === "peer") this.managed.delete(id.personality);
    return this.#answer("remove", id, "not-loaded");
  }

  start(job: ServiceJob): Promise<ServiceAnswer> {
    return this.#answer("start", job.id, "loaded");
  }

  stop(id: JobId): Promise<ServiceAnswer> {
    return this.#answer("stop", id, "not-loaded");
  }

  restart(job: ServiceJob, _proof?: Proof): Promise<ServiceAnswer> {
    return this.#answer("restart", job.id, "loaded");
  }

  query(id: JobId): Promise<ServiceAnswer> {
    return this.#answer("query", id, "not-loaded");
  }

  #answer(verb: string, id: JobId, state: "loaded" | "not-loaded"): Promise<ServiceAnswer> {
    this.asked.push(`${verb} ${labelOf(id)}`);
    const reason = `${verb}: as the test says`;
    return Promise.resolve(state === "loaded" ? { state, reason, job: SEEN } : { state, reason });
  }
}

/** One manager under every name, on a host without a service manager. */
export const fakeServices = (manager: ServiceManager): Services => ({
  recorded: null,
  named: () => manager,
  probe: (asked) =>
    Promise.resolve({
      asked,
      recorded: null,
      platform: "linux",
      uid: 1000,
      launchctl: { state: "absent" },
      systemctl: { state: "absent" },
    }),
});
