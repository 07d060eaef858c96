// The link of README's to a checkout's own program: install takes its place, and uninstall puts it
// back, whatever either was cut off at, and never in the place of anything else.

import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { installProgram, rollBack } from "../../src/flows/install/install.ts";
import { planUninstall, uninstall } from "../../src/flows/install/uninstall.ts";
import { parseManifest, renderManifest } from "../../src/formats/install-manifest.ts";
import { cut, InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 30_000;
let place = new InstallPlace();
let main = "";

beforeEach(() => {
  place.remove();
  place = new InstallPlace();
  main = join(place.source, "src/main.ts");
  writeFileSync(main, "#!/usr/bin/env bun\n", { mode: 0o755 });
  link();
});
afterEach(() => place.remove());

function link(): void {
  rmSync(place.launcher, { force: true });
  mkdirSync(dirname(place.launcher), { recursive: true });
  symlinkSync(main, place.launcher);
}

const install = async (at?: number) => must(await installProgram(place.context(at), {}));
const remove = async (at?: number) =>
  must(await uninstall(place.context(at), { deleteData: false }));
const planned = async () => (await planUninstall(place.context(), { deleteData: false })).actions;
const linking = () => `link ${place.launcher} to ${main} again, as before install`;

test("it is back after updates and a rollback, and both say so", async () => {
  await install();
  place.release();
  await install();
  must(await rollBack(place.context()));
  expect(lstatSync(place.launcher).isFile()).toBe(true);
  expect(await planned()).toContain(linking());
  expect(await planned()).not.toContain(`delete ${place.launcher}`);
  const { linked, deleted } = await remove();
  expect(linked).toBe(main);
  expect(deleted).not.toContain(place.launcher);
  expect(readlinkSync(place.launcher)).toBe(main);
  expect(existsSync(place.share)).toBe(false);
});

test(
  "also when the install, or the uninstall, was cut off anywhere",
  async () => {
    for (const act of ["install", "uninstall"] as const) {
      for (let at = 0; ; at += 1) {
        link();
        if (act === "uninstall") await install();
        const outcome = await cut(act === "install" ? install(at) : remove(at));
        await remove();
        expect(existsSync(place.share)).toBe(false);
        expect(readlinkSync(place.launcher)).toBe(main);
        if (outcome === "cut") continue;
        expect(at).toBeGreaterThan(3);
        break;
      }
    }
  },
  TIMEOUT_MS,
);

/** Null: it cannot be made there. */
function folderIn(place: string): string | null {
  try {
    return mkdtempSync(join(place, "iap-link-"));
  } catch {
    return null;
  }
}

test("also where people's programs are on another disk than the rest", async () => {
  const shared = "/dev/shm";
  if (!existsSync(shared) || statSync(shared).dev === statSync(place.home).dev) {
    return console.warn("skipped: no second disk");
  }
  const other = folderIn(shared);
  if (other === null) return console.warn(`skipped: ${shared} is not ours to write to`);
  try {
    rmSync(dirname(place.launcher), { recursive: true });
    symlinkSync(other, dirname(place.launcher));
    link();
    await install();
    expect(await remove()).toMatchObject({ linked: main });
    expect(readlinkSync(place.launcher)).toBe(main);
    expect(readdirSync(other)).toEqual(["iapeer"]);
  } finally {
    rmSync(other, { recursive: true });
  }
});

test("not where somebody has put something else meanwhile", async () => {
  await install();
  writeFileSync(place.launcher, "theirs\n");
  expect(await planned()).not.toContain(linking());
  expect(await remove()).not.toHaveProperty("linked");
  expect(readFileSync(place.launcher, "utf8")).toBe("theirs\n");
});

test("not when what it led to is gone, nor where there was none", async () => {
  await install();
  rmSync(main);
  expect(await planned()).not.toContain(linking());
  expect(await remove()).not.toHaveProperty("linked");
  expect(existsSync(dirname(place.launcher))).toBe(true);
  expect(() => lstatSync(place.launcher)).toThrow("ENOENT");
  writeFileSync(main, "#!/usr/bin/env bun\n");
  await install();
  expect(await remove()).not.toHaveProperty("linked");
  expect(() => lstatSync(place.launcher)).toThrow("ENOENT");
});

test("a manifest of before it was noted is read as it is, and says nothing of a link", () => {
  const older = { current: "1", previous: null, source: "/s", made: ["/m"], unfinished: false };
  expect(must(parseManifest(renderManifest(older)))).toEqual(older);
  expect(renderManifest(older)).not.toContain("replaced");
  const noted = { ...older, replaced: "/s/src/main.ts" };
  expect(must(parseManifest(renderManifest(noted)))).toEqual(noted);
});
