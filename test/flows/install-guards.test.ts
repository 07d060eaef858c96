// What install, update and uninstall leave alone, and what they go on with when something cannot be
// done: by real files, over managers that only remember.

import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { err } from "../../src/core/result.ts";
import { installProgram } from "../../src/flows/install/install.ts";
import { planUninstall, uninstall } from "../../src/flows/install/uninstall.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { daemonJobOf } from "../../src/flows/service/place.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { parseManifest, renderManifest } from "../../src/formats/install-manifest.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import type { Files } from "../../src/ports/files.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const DENIED = { state: "failed", code: "EPERM", detail: "not permitted" } as const;
const NO_PID = 2 ** 22 + 1;

let place: InstallPlace;
beforeEach(() => {
  place = new InstallPlace();
});
afterEach(() => place.remove());

const install = async (context = place.context()) => installProgram(context, {});

function withFiles(change: (files: Files) => Partial<Files>): ServiceContext {
  const whole = place.context();
  const files = { ...whole.host.files, ...change(whole.host.files) };
  return { ...whole, host: { ...whole.host, files } };
}

const manifest = () => {
  const parsed = parseManifest(readFileSync(join(place.share, "manifest.json"), "utf8"));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

/** Three versions, so that the first is neither in use nor can be gone back to. */
async function releases(last: ServiceContext = place.context()): Promise<string> {
  const first = must(await install()).build;
  place.release();
  must(await install());
  place.release();
  must(await install(last));
  return join(place.share, first);
}

test("a version of before that cannot be deleted is the next run's to delete", async () => {
  const stuck = /\/0\.1\.0-[0-9a-f]+$/;
  const context = withFiles((files) => ({
    removeTree: (path) => (stuck.test(path) ? DENIED : files.removeTree(path)),
  }));
  const first = await releases(context);
  expect(existsSync(first)).toBe(true);
  expect(manifest().made).toContain(first);
  must(await install());
  expect(existsSync(first)).toBe(false);
  expect(manifest().made).not.toContain(first);
});

test("what a manifest names outside of install's own folder is nobody's to delete", async () => {
  must(await install());
  const theirs = join(place.dir, "theirs");
  mkdirSync(theirs);
  const named = { ...manifest(), made: [...manifest().made, theirs] };
  writeFileSync(join(place.share, "manifest.json"), renderManifest(named));
  place.release();
  must(await install());
  expect(existsSync(theirs)).toBe(true);
  const again = { ...manifest(), made: [...manifest().made, theirs] };
  writeFileSync(join(place.share, "manifest.json"), renderManifest(again));
  must(await uninstall(place.context(), { deleteData: false }));
  expect(existsSync(place.share)).toBe(false);
  expect(existsSync(theirs)).toBe(true);
});

test("a version that cannot be put in place is not put in use", async () => {
  must(await install());
  const before = place.inUse();
  place.release();
  const context = withFiles((files) => ({
    rename: (from, to) => (from.includes("/.building-") ? DENIED : files.rename(from, to)),
  }));
  expect(await install(context)).toMatchObject({ ok: false, error: { code: "not-built" } });
  expect(place.inUse()).toBe(before);
});

test("nor one that no manifest could name beforehand", async () => {
  const context = withFiles((files) => ({
    writeAtomic: (path, text, options) =>
      path.endsWith("/manifest.json") ? DENIED : files.writeAtomic(path, text, options),
  }));
  expect(await install(context)).toMatchObject({ ok: false, error: { code: "not-installed" } });
  expect(existsSync(place.share)).toBe(false);
});

test("another program's source is refused before anything is made", async () => {
  const named = { name: "another", version: "0.1.0" };
  writeFileSync(join(place.source, "package.json"), JSON.stringify(named));
  const error = { code: "no-source", exit: 2 };
  expect(await install()).toMatchObject({ ok: false, error });
  expect(existsSync(place.share)).toBe(false);
});

test("what the first install made goes after an update too, with its folders", async () => {
  must(await install());
  expect(statSync(place.launcher).mode & 0o111).toBe(0o111);
  place.release();
  must(await install());
  const { deleted } = must(await uninstall(place.context(), { deleteData: false }));
  expect(deleted).toContain(place.launcher);
  expect(existsSync(join(place.home, ".local"))).toBe(false);
});

test("without its turn a run changes nothing", async () => {
  const whole = place.context();
  const withLock = () => Promise.resolve(err("busy"));
  const host = { ...whole.host, lock: { ...whole.host.lock, withLock } };
  const refused = await install({ ...whole, host });
  expect(refused).toMatchObject({ ok: false, error: { code: "not-installed", why: "busy" } });
  expect(existsSync(place.share)).toBe(false);
});

test("of what runs that were killed have left beside the launcher, only that goes", async () => {
  must(await install());
  const bin = dirname(place.launcher);
  const ours = [".current-0123abcd", `.iapeer-${NO_PID}-1.tmp`];
  const theirs = [".current-mine", `.iapeer-${process.pid}-1.tmp`, "tool"];
  for (const name of [...ours, ...theirs]) writeFileSync(join(bin, name), "");
  place.release();
  must(await install());
  const left = [...ours, ...theirs].filter((name) => existsSync(join(bin, name)));
  expect(left).toEqual(theirs);
});

test("a launcher that is a link to a copy of the source's program is somebody's", async () => {
  const main = join(place.source, "src/main.ts");
  const copy = join(place.dir, "copy.ts");
  writeFileSync(main, "#!/usr/bin/env bun\n");
  copyFileSync(main, copy);
  for (const path of [main, copy]) utimesSync(path, 1000, 1000);
  mkdirSync(dirname(place.launcher), { recursive: true });
  symlinkSync(copy, place.launcher);
  expect(await install()).toMatchObject({ ok: false, error: { code: "launcher-taken" } });
  expect(readlinkSync(place.launcher)).toBe(copy);
});

test("a launcher that is gone leaves room for the link of before", async () => {
  const main = join(place.source, "src/main.ts");
  writeFileSync(main, "#!/usr/bin/env bun\n");
  mkdirSync(dirname(place.launcher), { recursive: true });
  symlinkSync(main, place.launcher);
  must(await install());
  rmSync(place.launcher);
  const { linked } = must(await uninstall(place.context(), { deleteData: false }));
  expect([linked, readlinkSync(place.launcher)]).toEqual([main, main]);
});

test("data is not deleted under a daemon that runs in a terminal", async () => {
  const whole = place.context();
  must(prepareRoot(whole.host));
  const status = { schema: "iapeer.daemon.v1", state: "running", pid: process.pid } as const;
  const daemon = { ...whole.daemon, status: () => Promise.resolve(status) };
  const context = { ...whole, daemon, services: fakeServices(new FakeServiceManager("systemd")) };
  const against = { code: "daemon-running" };
  expect(await planUninstall(context, { deleteData: true })).toMatchObject({ against });
  const refused = await uninstall(context, { deleteData: true });
  expect(refused).toMatchObject({ ok: false, error: against });
  expect(existsSync(whole.host.layout.stateDir)).toBe(true);
  expect(await planUninstall(context, { deleteData: false })).toMatchObject({ against: null });
  // One in the background is ended first.
  const manager = new FakeServiceManager();
  const own = { ...context, services: fakeServices(manager) };
  const seen = await manager.start(daemonJobOf(whole.host));
  if (!("job" in seen)) throw new Error(seen.reason);
  const job = { ...seen.job, pid: process.pid };
  manager.query = () => Promise.resolve({ ...seen, job });
  const daemons = [process.pid];
  expect(await planUninstall(own, { deleteData: true })).toMatchObject({ against: null, daemons });
});

test("what cannot be deleted of the data keeps by what the next run knows the rest", async () => {
  const whole = place.context();
  must(prepareRoot(whole.host));
  const { files, layout } = whole.host;
  files.writeAtomic(layout.registry, renderRegistry({ version: 1, peers: [] }));
  files.writeAtomic(layout.configFile, "{}");
  const removeTree = (path: string) =>
    path === layout.logsDir ? DENIED : files.removeTree(path);
  const context = { ...whole, host: { ...whole.host, files: { ...files, removeTree } } };
  const refused = await uninstall(context, { deleteData: true });
  expect(refused).toMatchObject({ ok: false, error: { code: "not-removed" } });
  const known = [layout.registry, layout.stateDir];
  expect(known.filter((path) => existsSync(path))).toEqual(known);
  expect(existsSync(layout.configFile)).toBe(false);
});
