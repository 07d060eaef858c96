// `iapeer uninstall` takes away all that is there, whatever the run before was cut off at; cut off
// itself, the next one completes it.

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProgram } from "../../src/flows/install/install.ts";
import { planUninstall, uninstall } from "../../src/flows/install/uninstall.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { daemonJob } from "../../src/core/service-job.ts";
import type { JobOwner } from "../../src/core/service.ts";
import { renderUnit } from "../../src/formats/systemd-unit.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { PLACE } from "../formats/job-samples.ts";
import { cut, InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 30_000;
const place = new InstallPlace();
const { share } = place;
const install = async (at?: number) => must(await installProgram(place.context(at), {}));
const remove = async (at?: number) =>
  must(await uninstall(place.context(at), { deleteData: false }));
afterAll(() => place.remove());

function expectNothingLeft(): void {
  expect(existsSync(share)).toBe(false);
  expect(existsSync(place.launcher)).toBe(false);
}

/** Whatever `act` was cut off at, an uninstall afterwards leaves nothing. */
async function cutEverywhere(
  prepare: () => Promise<unknown>,
  act: (at: number) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; ; at += 1) {
    await prepare();
    const outcome = await cut(act(at));
    await remove();
    expectNothingLeft();
    if (outcome === "whole") return;
  }
}

describe("after a run that was cut off anywhere", () => {
  test(
    "a first install: all of it goes",
    () => cutEverywhere(() => Promise.resolve(), install),
    TIMEOUT_MS,
  );

  test(
    "an update: all of it goes, with versions of before",
    () =>
      cutEverywhere(async () => {
        for (let releases = 0; releases < 2; releases += 1) {
          place.release();
          await install();
        }
        place.release();
      }, install),
    TIMEOUT_MS,
  );

  test(
    "an uninstall: the rest goes, and the folders that install was first to make",
    async () => {
      await cutEverywhere(async () => {
        rmSync(join(place.home, ".local"), { recursive: true, force: true });
        await install();
      }, remove);
      expect(existsSync(join(place.home, ".local"))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

/** A unit of another root's daemon. */
class Elsewhere extends FakeServiceManager {
  constructor(private readonly file: string) {
    super("systemd");
  }

  override fileOf(): string {
    return this.file;
  }

  override ownerOf(): JobOwner {
    return { owner: "another-root", root: "/other" };
  }
}

test("a program that another root's job starts is not taken away under it", async () => {
  await install();
  const unit = join(place.dir, "iapeer-daemon.service");
  const program = [join(share, "bin/bun"), join(share, "current/main.js")];
  const job = daemonJob({ ...PLACE, root: "/other", program });
  writeFileSync(unit, must(renderUnit(job)));
  const context = place.context();
  const named = () => new Elsewhere(unit);
  const asked = { ...context, services: { ...context.services, named } };
  const refused = await uninstall(asked, { deleteData: false });
  const why = { code: "program-in-use", next: expect.stringContaining("--root '/other'") };
  expect(refused).toMatchObject({ ok: false, error: why });
  expect((await planUninstall(asked, { deleteData: false })).against).toMatchObject(why);
  expect(place.inUse()).toStartWith("version ");
  await remove();
});

test("what cannot be deleted is named, and is no success; the next run completes it", async () => {
  await install();
  const whole = place.context();
  const { files } = whole.host;
  const stuck = join(share, "current");
  const denied = { state: "failed", code: "EPERM", detail: "not permitted" } as const;
  const removeFile = (path: string) => (path === stuck ? denied : files.remove(path));
  const host = { ...whole.host, files: { ...files, remove: removeFile } };
  const refused = await uninstall({ ...whole, host }, { deleteData: false });
  expect(refused).toMatchObject({ ok: false, error: { code: "not-removed", why: stuck } });
  await remove();
  expectNothingLeft();
});

describe("what no manifest names", () => {
  const manifest = join(share, "manifest.json");

  test.each([
    ["gone", () => rmSync(manifest)],
    ["that cannot be read", () => writeFileSync(manifest, "{")],
  ])("with one %s it is left and named, and a new install makes it whole", async (_, harm) => {
    await install();
    harm();
    const { actions, isEmpty } = await planUninstall(place.context(), { deleteData: false });
    expect(isEmpty).toBe(false);
    expect(actions.filter((action) => action.startsWith("delete "))).toEqual([]);
    expect(actions).toContain(`leave ${place.launcher}: no manifest says that install made it`);
    const left = await uninstall(place.context(), { deleteData: false });
    const next = expect.stringContaining("iapeer install --from DIR");
    expect(left).toMatchObject({ ok: false, error: { code: "not-removed", next } });
    const named = left.ok ? [] : (left.error.why ?? "").split(", ");
    expect(named).toContain(place.launcher);
    expect(named).toContain(join(share, "current"));
    expect(named.every((path) => existsSync(path))).toBe(true);
    await install();
    await remove();
    expectNothingLeft();
  });

  test("a version of before is named at the end", async () => {
    await install();
    const before = join(share, "0.0.1-abc");
    mkdirSync(before);
    writeFileSync(join(before, "main.js"), "");
    const left = await uninstall(place.context(), { deleteData: false });
    expect(left).toMatchObject({ ok: false, error: { code: "not-removed", why: before } });
    expect(existsSync(place.launcher)).toBe(false);
    rmSync(before, { recursive: true });
    await remove();
    expectNothingLeft();
  });
});

const COMMAND = "command" as RuntimeName;

const peer = (personality: string, cwd: string): RegistryEntry => ({
  personality: personality as Personality,
  runtimes: [COMMAND],
  default_runtime: COMMAND,
  description: "a peer of a test",
  intelligence: "absent",
  wake_policy: "warm",
  always_on: false,
  command: { argv: ["/bin/cat"] },
  interfaces: {},
  cwd,
});

test("with the data, what is in the root goes, and is not said to stay", async () => {
  const context = place.context();
  const { root } = context.host.layout;
  must(prepareRoot(context.host));
  const peers = [peer("inner", join(root, "peers/inner")), peer("outer", "/elsewhere/outer")];
  const registry = renderRegistry({ version: 1, peers });
  context.host.files.writeAtomic(context.host.layout.registry, registry);
  const all = (await planUninstall(context, { deleteData: true })).actions;
  expect(all).toContain(`delete inner's folder ${join(root, "peers/inner")}`);
  expect(all.filter((action) => action.startsWith("keep "))).toEqual(["keep /elsewhere/outer"]);
  const none = (await planUninstall(context, { deleteData: false })).actions;
  expect(none.filter((action) => action.startsWith("keep "))).toEqual([
    `keep ${root}: peers, their folders, state and logs`,
    "keep /elsewhere/outer",
  ]);
});
