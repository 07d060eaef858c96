// A manager whose own program is not on this host: its files can be taken away, nobody else's, and
// nothing is said to be held or started by it.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { daemonJob } from "../../src/core/service-job.ts";
import { DAEMON_JOB } from "../../src/core/service.ts";
import { createAll, createServices } from "../../src/managers/choose.ts";
import type { ManagerDeps } from "../../src/managers/deps.ts";
import { isProgramThere, lacksSystemd } from "../../src/managers/there.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { must } from "../flows/root-host.ts";
import { PLACE } from "../formats/job-samples.ts";

const MISSING = { state: "missing" } as const;

/** A host on which there is neither launchctl nor systemctl. */
function bare() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-there-")));
  const whole = managerDeps({ home: join(dir, "home"), root: join(dir, "root") });
  const { files } = whole;
  const isProgram = (path: string) => /\/(?:no-)?(?:launchctl|systemctl)$/.test(path);
  const statTarget: typeof files.statTarget = (path) =>
    isProgram(path) ? MISSING : files.statTarget(path);
  const deps: ManagerDeps = { ...whole, files: { ...files, statTarget } };
  const remove = () => rmSync(dir, { recursive: true, force: true });
  return { dir, deps, all: createAll({ ...deps, platform: "linux" }), [Symbol.dispose]: remove };
}

const proof = () => Promise.reject(new Error("nobody asks"));

test.each(["launchd", "systemd"] as const)("%s: our file goes, theirs stays", async (name) => {
  using here = bare();
  const manager = here.all[name];
  const path = manager.fileOf(DAEMON_JOB) ?? "";
  const job = daemonJob({ ...PLACE, root: join(here.dir, "root") });
  const text = must(manager.render(job));
  const atLogin = join(dirname(path), "default.target.wants", basename(path));
  mkdirSync(dirname(atLogin), { recursive: true });
  for (const file of [path, atLogin]) writeFileSync(file, text);
  expect(manager.isThere()).toBe(false);
  const said = [
    await manager.query(DAEMON_JOB),
    await manager.start(job, proof),
    await manager.install(job, proof),
    await manager.restart(job, proof),
  ];
  expect(said.map(({ state }) => state)).toEqual(["unknown", "failed", "failed", "failed"]);
  for (const { next } of said) expect(next).toContain("iapeer daemon uninstall");
  for (const { reason } of said) expect(reason).toEndWith("so it holds nothing");
  expect(await manager.stop(DAEMON_JOB)).toMatchObject({ state: "not-loaded" });
  expect(existsSync(path)).toBe(true);
  expect(await manager.remove(DAEMON_JOB)).toMatchObject({ state: "not-loaded" });
  expect([path, atLogin].map((file) => existsSync(file))).toEqual([false, name === "launchd"]);
  writeFileSync(path, "theirs\n");
  expect(await manager.remove(DAEMON_JOB)).toMatchObject({ state: "refused-foreign", path });
  expect(existsSync(path)).toBe(true);
});

test("a path in the configuration that is only wrong says nothing about the host", () => {
  using here = bare();
  const at = (there: string) => ({
    env: { PATH: "/opt/bin" },
    files: {
      ...here.deps.files,
      statTarget: (path: string) =>
        path === there ? here.deps.files.statTarget("/bin/sh") : MISSING,
    },
  });
  expect(isProgramThere(at("/usr/bin/systemctl"), "/wrong/systemctl", "systemctl")).toBe(true);
  expect(isProgramThere(at("/opt/bin/mine"), "mine", "systemctl")).toBe(true);
  expect(isProgramThere(at("/elsewhere"), "/wrong/systemctl", "systemctl")).toBe(false);
});

/** A systemctl that says nothing of use, on a host where a user manager may run. */
function mute(env: Readonly<Record<string, string>>) {
  const here = bare();
  const { files } = managerDeps({ home: here.deps.home, root: here.deps.root });
  mkdirSync(join(here.dir, "run/systemd"), { recursive: true });
  const isRun = (path: string) => path.startsWith("/run/user/");
  const statTarget: typeof files.statTarget = (path) =>
    isRun(path) ? MISSING : files.statTarget(path);
  const systemctl = "/bin/false";
  const deps = { ...here.deps, files: { ...files, statTarget }, systemctl, env };
  const { systemd } = createAll({ ...deps, platform: "linux" });
  return { ...here, deps, systemd };
}

test.each(["file", "note", "none"] as const)("it does not answer; of ours: %s", async (of) => {
  using here = mute({ DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" });
  const { systemd } = here;
  const path = systemd.fileOf(DAEMON_JOB) ?? "";
  const job = daemonJob({ ...PLACE, root: here.deps.root });
  const note = join(here.deps.jobsDir, "com.iapeer.daemon.loaded");
  const left = { file: path, note, none: undefined }[of];
  if (left !== undefined) {
    mkdirSync(dirname(left), { recursive: true });
    writeFileSync(left, must(systemd.render(job)));
  }
  const state = left === undefined ? "not-loaded" : "unknown";
  expect(systemd.isThere()).toBe(true);
  expect(await systemd.stop(DAEMON_JOB)).toMatchObject({ state });
  expect(await systemd.remove(DAEMON_JOB)).toMatchObject({ state });
  if (left !== undefined) expect(existsSync(left)).toBe(true);
  const { next } = await systemd.query(DAEMON_JOB);
  expect(next?.includes("iapeer daemon uninstall")).toBe(left === undefined);
});

test("a user manager is told by its folder or its bus, wherever a login has them", () => {
  const isThere = (env: Readonly<Record<string, string>>, extra = "") => {
    using here = mute({});
    const named = { ...env, ...(extra === "" ? {} : { XDG_RUNTIME_DIR: join(here.dir, extra) }) };
    return lacksSystemd({ ...here.deps, env: named }) === null;
  };
  expect([isThere({}), isThere({}, "none"), isThere({}, "run")]).toEqual([false, false, true]);
  expect(isThere({ DBUS_SESSION_BUS_ADDRESS: "unix:abstract=/a" })).toBe(true);
  using here = mute({});
  const { files, uid } = here.deps;
  const statTarget: typeof files.statTarget = (path) =>
    path === `/run/user/${uid}/bus` ? files.statTarget("/bin/sh") : files.statTarget(path);
  expect(lacksSystemd({ ...here.deps, files: { ...files, statTarget } })).toBeNull();
});

test("what is asked for by name is looked for, also on the other platform", async () => {
  using here = bare();
  const record = join(here.dir, "manager.json");
  const services = createServices({ ...here.deps, platform: "linux", record });
  const asked = await services.probe("launchd");
  expect(asked).toMatchObject({ launchctl: { state: "absent" }, systemctl: { state: "absent" } });
});
