// Whose a job's file is (service-manager contract, "Ownership"): what is not this root's is never
// touched. For managers that keep files.

import { expect } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { peerJobId, type JobId } from "../../src/core/service.ts";
import type { ServiceManager } from "../../src/ports/service-manager.ts";
import { answers, jobOf, type Here, type ManagerPlace, type Show } from "./manager-jobs.ts";

export function ownership(show: Show, here: Here): void {
  const id = peerJobId("somebody" as Personality);
  const { personality } = id as Extract<JobId, { kind: "peer" }>;
  const untouched = async (manager: ServiceManager, place: ManagerPlace, kept: string) => {
    const file = manager.fileOf(id) ?? "";
    const job = jobOf(place, id);
    const refused = { state: "refused-foreign", path: file };
    expect(await manager.install(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.start(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.restart(job, answers(place, id))).toMatchObject(refused);
    expect(await manager.stop(id)).toMatchObject(refused);
    expect(await manager.remove(id)).toMatchObject(refused);
    expect(readFileSync(file, "utf8")).toBe(kept);
  };

  show("a foreign file under our name is managed, and never touched", async () => {
    const place = here();
    const { manager } = place;
    const file = manager.fileOf(id) ?? "";
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "not ours\n");
    expect(manager.ownerOf(id)).toMatchObject({ owner: "foreign" });
    expect(manager.manages(personality)).toBe(true);
    await untouched(manager, place, "not ours\n");
    rmSync(file);
    expect(manager.manages(personality)).toBe(false);
  });

  show("a symlink under our name is never followed", async () => {
    const place = here();
    const file = place.manager.fileOf(id) ?? "";
    const target = join(place.dir, "precious");
    writeFileSync(target, "precious\n");
    symlinkSync(target, file);
    expect(place.manager.ownerOf(id)).toMatchObject({ owner: "foreign" });
    await untouched(place.manager, place, "precious\n");
    rmSync(file);
  });

  show("another root's file makes no peer of this root managed, nor is it touched", async () => {
    const place = here();
    const { manager, other } = place;
    const file = manager.fileOf(id) ?? "";
    const text = other.render({ ...jobOf(place, id), root: join(place.dir, "other") });
    if (!text.ok) throw new Error(text.error);
    writeFileSync(file, text.value);
    const owner = { owner: "another-root", root: join(place.dir, "other") };
    expect(manager.ownerOf(id)).toEqual(owner as ReturnType<typeof manager.ownerOf>);
    expect(manager.manages(personality)).toBe(false);
    expect(other.manages(personality)).toBe(true);
    await untouched(manager, place, text.value);
    rmSync(file);
  });
}
