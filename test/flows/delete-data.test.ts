// `iapeer uninstall --delete-data` deletes what iapeer made, and nothing else; and nothing at all
// while it cannot be told whose it is, or something of it is alive.

import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Identity } from "../../src/core/names.ts";
import { planUninstall, uninstall } from "../../src/flows/install/uninstall.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { ownContent } from "../../src/flows/storage/root-content.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { must, openHost, scratch, type RootHost, type Scratch } from "./root-host.ts";

const ALL = { deleteData: true };

let at: Scratch;
let host: RootHost;
let context: ServiceContext;
beforeEach(async () => {
  at = scratch();
  const home = join(at.dir, "home");
  mkdirSync(home);
  const open = openHost(at.root);
  host = { ...open, facts: { ...open.facts, home } };
  must(prepareRoot(host));
  await made("ada");
  const daemon = {
    status: () =>
      Promise.resolve({ schema: "iapeer.daemon.v1", state: "not-running" } as const),
    stop: () => Promise.resolve({ state: "no-daemon" }),
  };
  context = { host, services: fakeServices(new FakeServiceManager()), daemon };
});
afterEach(() => at[Symbol.dispose]());

const made = async (name: string, cwd?: string) => {
  const where = cwd === undefined ? {} : { cwd };
  must(await createPeer(host, { name, runtime: "claude", ...where }));
};

function put(path: string): string {
  const file = join(at.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "somebody's own");
  return file;
}

/** Not one of the names that iapeer gives a copy. */
const OWN_COPY = "peers-profiles.json.mine";

const allIn = (dir: string) => readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted();

test("a root of iapeer's own goes whole", async () => {
  for (const own of ["config.json", "IAPEER.md", "peers-profiles.json.corrupt-20260101T000000Z"]) {
    put(own);
  }
  expect(must(await uninstall(context, ALL))).toMatchObject({ deleted: [at.root] });
  expect(existsSync(at.root)).toBe(false);
});

const HAND_WRITTEN = ["IAPEER.md", "config.json", "config.json.corrupt-20260101T000000Z"];

test("a file of a name that iapeer reads goes, whoever wrote it, and is said to", async () => {
  const own = [...HAND_WRITTEN, "memory-provider.json"].map(put);
  const said = own.map((path) => `delete ${path}, whoever wrote it`);
  const named = async () =>
    (await planUninstall(context, ALL)).actions.filter((line) => line.endsWith("wrote it"));
  expect(await named()).toEqual(said.toSorted());
  put("10-house.md");
  mkdirSync(`${host.layout.registry}.lock`);
  expect(await named()).toEqual(said.toSorted());
  const { deleted, kept } = must(await uninstall(context, ALL));
  const told = new Set(deleted);
  expect(own.filter((path) => !told.has(path))).toEqual([]);
  expect(kept).toEqual([join(at.root, "10-house.md")]);
  expect((await planUninstall(context, { deleteData: false })).actions).not.toContain(said[0]);
});

test("what iapeer did not make stays, and is said to, before and after", async () => {
  const theirs = ["thesis/a.txt", "peers/notes.txt", "logs/mine.log", "run/pid", OWN_COPY].map(put);
  await made("bob", join(at.root, "bob"));
  const stay = [join(at.root, "bob"), ...theirs.map((path) => path.replace("/a.txt", ""))];
  const { actions } = await planUninstall(context, ALL);
  expect(new Set(actions.filter((line) => line.startsWith("keep ")))).toEqual(
    new Set(stay.map((path) => `keep ${path}`)),
  );
  const { kept, deleted } = must(await uninstall(context, ALL));
  expect(new Set(kept)).toEqual(new Set(stay));
  expect(deleted).not.toContain(at.root);
  for (const path of theirs) expect([path, existsSync(path)]).toEqual([path, true]);
  const top = new Set(["thesis", "peers", "logs", "run", "bob", OWN_COPY]);
  expect(new Set(readdirSync(at.root))).toEqual(top);
  expect(readdirSync(join(at.root, "peers"))).toEqual(["notes.txt"]);
});

test("the folder of a peer that was removed stays, as its removal said", async () => {
  await made("eve");
  must(await unregisterPeer(host, "eve"));
  const work = put("peers/eve/work.txt");
  const folder = join(at.root, "peers/eve");
  expect((await planUninstall(context, ALL)).actions).toContain(`keep ${folder}`);
  expect(must(await uninstall(context, ALL))).toMatchObject({ kept: [folder] });
  expect(existsSync(work)).toBe(true);
  expect(readdirSync(at.root)).toEqual(["peers"]);
});

test("what a symlink in the root leads to is not deleted unless it is said to be", async () => {
  const projects = join(at.dir, "projects");
  const mine = join(projects, "mine");
  mkdirSync(mine, { recursive: true });
  await made("mine", mine);
  const sock = join(projects, "theirs.sock");
  writeFileSync(sock, "");
  renameSync(join(at.root, "peers/ada"), join(projects, "ada"));
  for (const name of ["peers", "run"]) {
    rmSync(join(at.root, name), { recursive: true });
    symlinkSync(projects, join(at.root, name));
  }
  const { actions } = await planUninstall(context, ALL);
  expect(actions).toContain(`delete ada's folder ${join(at.root, "peers/ada")}`);
  expect(actions).toContain(`keep ${mine}`);
  const { deleted } = must(await uninstall(context, ALL));
  expect([existsSync(join(projects, "ada")), existsSync(mine), existsSync(sock)]).toEqual([
    false,
    true,
    true,
  ]);
  expect(deleted).not.toContain(at.root);
});

test("a peer's folder that cannot be deleted keeps the registry for the next run", async () => {
  const stuck = join(at.root, "peers/ada");
  const denied = { state: "failed", code: "EPERM", detail: "not permitted" } as const;
  const removeTree = (path: string) => (path === stuck ? denied : host.files.removeTree(path));
  const files = { ...host.files, removeTree };
  const refused = await uninstall({ ...context, host: { ...host, files } }, ALL);
  expect(refused).toMatchObject({ ok: false, error: { code: "not-removed", why: stuck } });
  expect(existsSync(host.layout.registry)).toBe(true);
  expect(must(await uninstall(context, ALL))).toMatchObject({ deleted: [at.root] });
});

test("a registry that cannot be used is a refusal, and nothing is touched", async () => {
  writeFileSync(host.layout.registry, "{");
  const before = allIn(at.root);
  for (const spec of [ALL, { deleteData: false }]) {
    const why = { code: "registry-corrupt", next: "iapeer verify --fix" };
    expect(await uninstall(context, spec)).toMatchObject({ ok: false, error: why });
    expect((await planUninstall(context, spec)).against).toMatchObject(why);
  }
  expect(allIn(at.root)).toEqual(before);
});

test.each(["claude-gone.sock", "0123456789ab.sock"])(
  "who is alive is found by %s, whatever the registry says",
  async (name) => {
    const socket = put(`run/${name}`);
    host.probes.set(socket, "answers");
    const why = name.replace("claude-gone.sock", "claude-gone");
    const alive = { code: "session-running", why };
    expect(await uninstall(context, ALL)).toMatchObject({ ok: false, error: alive });
    expect((await planUninstall(context, ALL)).against).toMatchObject(alive);
    host.probes.delete(socket);
    must(await uninstall(context, ALL));
  },
);

test("and by the records of its life", async () => {
  const id = "claude-gone" as Identity;
  const life = host.layout.generation(id, "20260131T235959007Z-ab12" as never);
  mkdirSync(life.dir, { recursive: true });
  mkdirSync(life.start);
  const alive = { code: "session-running", why: "claude-gone" };
  expect(await uninstall(context, ALL)).toMatchObject({ ok: false, error: alive });
});

test("who is alive is asked before any job is released, and again after it", async () => {
  const manager = new FakeServiceManager("systemd");
  const daemon = {
    status: () => context.daemon.status(),
    stop: () => context.daemon.stop(),
  };
  const held = { ...context, daemon, services: fakeServices(manager) };
  const socket = put("run/claude-gone.sock");
  const released = () => manager.asked.filter((asked) => asked.startsWith("remove")).length;
  const alive = { ok: false, error: { code: "session-running" } };
  host.probes.set(socket, "answers");
  expect(await uninstall(held, ALL)).toMatchObject(alive);
  expect(released()).toBe(0);
  host.probes.delete(socket);
  const status = () => {
    host.probes.set(socket, "answers");
    return daemon.status();
  };
  expect(await uninstall({ ...held, daemon: { ...daemon, status } }, ALL)).toMatchObject(alive);
  expect(released()).toBeGreaterThan(0);
  expect(existsSync(host.layout.registry)).toBe(true);
});

test("the registry goes late, and the layout's version last, whatever lies beside them", () => {
  const aside = "peers-profiles.json.corrupt-20260101T000000Z";
  for (const own of ["config.json", "run/a.sock", "logs/iapeer/exits.log", aside]) put(own);
  const { layout } = host;
  const read = readRegistry(host);
  const going = ownContent(host, read.state === "ok" ? read.registry.peers : []);
  expect(going.slice(-2)).toEqual([layout.registry, layout.stateDir]);
  expect(going[0]).toBe(join(layout.peersDir, "ada"));
  expect(new Set(going).size).toBe(going.length);
});

test.each(["peers/../../victim", "peers/link/../../victim", "peers//ada", "peers/"])(
  "a folder that the registry has as %s is not iapeer's to delete",
  async (path) => {
    const theirs = join(at.dir, "victim", "thesis");
    mkdirSync(theirs, { recursive: true });
    const { registry, peersDir } = host.layout;
    const mine = put("peers/notes.txt");
    const text = readFileSync(registry, "utf8");
    writeFileSync(registry, text.replace(`${peersDir}/ada`, `${at.root}/${path}`));
    const { actions } = await planUninstall(context, ALL);
    expect(actions).toContain(`keep ${at.root}/${path}`);
    must(await uninstall(context, ALL));
    expect([existsSync(theirs), existsSync(mine)]).toEqual([true, true]);
    expect(existsSync(join(peersDir, "ada"))).toBe(true);
  },
);
