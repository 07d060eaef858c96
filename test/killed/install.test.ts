// `iapeer install`, `rollback` and `uninstall`, killed with SIGKILL at every point: the next run
// completes it, and nothing that the killed one had begun is left anywhere.

import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { installProgram } from "../../src/flows/install/install.ts";
import { uninstall } from "../../src/flows/install/uninstall.ts";
import { InstallPlace } from "../flows/install-place.ts";
import { must } from "../flows/root-host.ts";
import { runKilled } from "./killer.ts";

const TIMEOUT_MS = 120_000;
const PROGRAM = join(import.meta.dir, "programs/killed-install.ts");
const place = new InstallPlace();
afterAll(() => place.remove());

const killed = (verb: "install" | "rollback" | "uninstall", at: number) =>
  runKilled([PROGRAM, place.dir, String(place.version), String(at), verb]);

/** A dead holder's lock is taken over once it is old: a while later, for this test. */
function aWhileLater(): void {
  const lock = join(place.share, "manifest.json.lock");
  if (existsSync(lock)) utimesSync(lock, 1, 1);
}

const install = async () => must(await installProgram(place.context(), {}));
const remove = async () => must(await uninstall(place.context(), { deleteData: false }));

/** Killed in `verb` at every point: either version is in use, and an install completes it. */
async function killedEverywhere(verb: "install" | "rollback", pointsMin: number): Promise<void> {
  await install();
  for (let at = 0; ; at += 1) {
    const before = place.version;
    place.release();
    if (verb === "rollback") await install();
    const outcome = await killed(verb, at);
    expect([before, place.version].map((n) => `version ${n}\n`)).toContain(place.inUse());
    aWhileLater();
    await install();
    expect(place.inUse()).toBe(`version ${place.version}\n`);
    const names = readdirSync(place.share).filter((name) => !/^0\.\d+\.0-/.test(name));
    expect(names.toSorted()).toEqual(["bin", "current", "manifest.json"]);
    if (outcome === "killed") continue;
    expect(at).toBeGreaterThan(pointsMin);
    return;
  }
}

test("an install", () => killedEverywhere("install", 15), TIMEOUT_MS);
test("a rollback", () => killedEverywhere("rollback", 3), TIMEOUT_MS);

test(
  "a first install, and an uninstall: the next uninstall leaves nothing",
  async () => {
    await remove();
    for (let at = 0; ; at += 1) {
      const outcomes = [await killed("install", at)];
      aWhileLater();
      outcomes.push(await killed("uninstall", at));
      aWhileLater();
      await remove();
      expect(existsSync(place.share)).toBe(false);
      const bin = join(place.home, ".local/bin");
      expect(existsSync(bin) ? readdirSync(bin) : []).toEqual([]);
      if (!outcomes.includes("killed")) return;
    }
  },
  TIMEOUT_MS,
);
