// `iapeer install` cut off after each change that it makes: the next run completes it.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProgram, rollBack } from "../../src/flows/install/install.ts";
import { uninstall } from "../../src/flows/install/uninstall.ts";
import { cut, InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 30_000;
const place = new InstallPlace();
const { share } = place;
const context = (at?: number) => place.context(at);
const install = async (at?: number) => must(await installProgram(context(at), {}));
const remove = async () => must(await uninstall(context(), { deleteData: false }));
afterAll(() => place.remove());

/** Everything in the folder that is not one of the two versions, nor what belongs there. */
function strays(): readonly string[] {
  const kept = new Set(["bin", "current", "manifest.json", readlinkSync(join(share, "current"))]);
  const { previous } = JSON.parse(readFileSync(join(share, "manifest.json"), "utf8")) as {
    previous: string | null;
  };
  return readdirSync(share).filter((name) => !kept.has(name) && name !== previous);
}

describe("cut off anywhere", () => {
  test(
    "an update leaves the old version in use, or the new one; the next run completes it",
    async () => {
      await install();
      for (let at = 0; ; at += 1) {
        const before = place.version;
        place.release();
        const outcome = await cut(install(at));
        const either = [`version ${before}\n`, `version ${place.version}\n`];
        expect(either).toContain(place.inUse());
        const done = await install();
        expect(done.build).toStartWith(`0.${place.version}.0-`);
        expect(place.inUse()).toBe(`version ${place.version}\n`);
        expect(strays()).toEqual([]);
        if (outcome === "whole") {
          expect(at).toBeGreaterThan(6);
          return;
        }
      }
    },
    TIMEOUT_MS,
  );
});

test("what somebody keeps in the same folders is neither pruned nor uninstalled", async () => {
  const theirs = [join(share, "peers/scout/notes"), join(place.home, ".local/bin/other")];
  for (const path of theirs) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "theirs\n");
  }
  for (let releases = 0; releases < 3; releases += 1) {
    place.release();
    await install();
  }
  must(await rollBack(context()));
  await remove();
  for (const path of theirs) expect(readFileSync(path, "utf8")).toBe("theirs\n");
  expect(readdirSync(share)).toEqual(["peers"]);
});

test("a rollback changes places with the version before, and once more goes forward", async () => {
  place.release(100);
  await install();
  place.release(101);
  await install();
  expect(must(await rollBack(context()))).toMatchObject({ state: "rolled-back" });
  expect(place.inUse()).toBe("version 100\n");
  must(await rollBack(context()));
  expect(place.inUse()).toBe("version 101\n");
});

test("a launcher that is somebody else's is neither replaced nor deleted", async () => {
  await remove();
  writeFileSync(place.launcher, "theirs\n");
  const refused = await installProgram(context(), {});
  expect(refused).toMatchObject({ ok: false, error: { code: "not-installed" } });
  await remove();
  expect(readFileSync(place.launcher, "utf8")).toBe("theirs\n");
});

test("what is no source of iapeer's is refused before anything is done", async () => {
  const refused = await installProgram(context(), { from: place.dir });
  expect(refused).toMatchObject({ ok: false, error: { code: "no-source", exit: 2 } });
});
