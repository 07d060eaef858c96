// The port of a manager that keeps a file for each job: what it says of its files, and its verbs.

import type { JobFiles } from "./job-files.ts";
import type { ServiceManager } from "../ports/service-manager.ts";

type Verbs = Pick<
  ServiceManager,
  "install" | "remove" | "start" | "stop" | "restart" | "query"
>;

export interface PortParts {
  readonly name: ServiceManager["name"];
  readonly render: ServiceManager["render"];
  readonly manager: Verbs & { readonly jobs: JobFiles };
}

export function portOf({ name, render, manager }: PortParts): ServiceManager {
  const { jobs } = manager;
  return {
    name,
    isThere: () => true,
    manages: (personality) => jobs.manages(personality),
    fileOf: (id) => jobs.fileOf(id),
    ownerOf: (id) => jobs.ownerOf(id),
    held: () => jobs.peers(),
    render,
    install: (job, proof) => manager.install(job, proof),
    remove: (id) => manager.remove(id),
    start: (job, proof) => manager.start(job, proof),
    stop: (id) => manager.stop(id),
    restart: (job, proof) => manager.restart(job, proof),
    query: (id) => manager.query(id),
  };
}
