// `iapeer install` cut off after each change that it makes: the next run completes it.

import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { installProgram, rollBack, updateProgram } from "../../src/flows/install/install.ts";
import { uninstall } from "../../src/flows/install/uninstall.ts";
import type { Host } from "../../src/ports/host.ts";
import { cut, InstallPlace } from "./install-place.ts";
import { must } from "./root-host.ts";

const TIMEOUT_MS = 30_000;
const FAILED = { state: "failed", exitCode: 1, signal: null, stdout: "", ms: 1 } as const;
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
  writeFileSync(`${place.launcher}.before`, "also theirs\n");
  const refused = await installProgram(context(), {});
  const next =
    `mv '${place.launcher}' '${place.launcher}.before-2' && ` +
    `'${join(place.dir, "bun")}' '${join(place.source, "src/main.ts")}' install`;
  expect(refused).toMatchObject({ ok: false, error: { code: "launcher-taken", next } });
  await remove();
  expect(readFileSync(place.launcher, "utf8")).toBe("theirs\n");
  rmSync(place.launcher);
});

test("what is in the launcher's way is answered with the verb that was typed", async () => {
  await remove();
  place.release(110);
  await install();
  place.release(111);
  await install();
  writeFileSync(place.launcher, "theirs\n");
  const from = { from: place.source };
  const refused = [
    await rollBack(context()),
    await updateProgram(context(), {}),
    await installProgram(context(), from),
  ].map((result) => (result.ok ? "" : result.error.next?.split(" && ")[1] ?? ""));
  const again = ["rollback", "update", `install --from '${place.source}'`];
  for (const [at, words] of again.entries()) expect(refused[at]).toEndWith(`main.ts' ${words}`);
  expect(place.inUse()).toBe("version 111\n");
  rmSync(place.launcher);
});

test("a person's own script for a checkout is theirs", async () => {
  await remove();
  const script = '#!/bin/sh\nexec bun "$HOME/src/iapeer/src/main.ts" "$@"\n';
  writeFileSync(place.launcher, script);
  const refused = await installProgram(context(), {});
  expect(refused).toMatchObject({ ok: false, error: { code: "launcher-taken" } });
  expect(readFileSync(place.launcher, "utf8")).toBe(script);
  rmSync(place.launcher);
});

describe("on a home of its own", () => {
  let own = new InstallPlace();
  beforeEach(() => {
    own.remove();
    own = new InstallPlace();
  });
  afterAll(() => own.remove());
  const at = () => own.context();
  const nothingMade = () => expect(readdirSync(own.home)).toEqual([]);

  function linkTo(main: string): void {
    mkdirSync(dirname(own.launcher), { recursive: true });
    writeFileSync(main, "#!/usr/bin/env bun\n", { mode: 0o755 });
    symlinkSync(main, own.launcher);
  }

  test("first it is installed, then unchanged, then updated", async () => {
    const states: string[] = [];
    for (const minor of [1, 1, 2]) {
      own.release(minor);
      states.push(must(await installProgram(at(), {})).state);
    }
    expect(states).toEqual(["installed", "unchanged", "updated"]);
  });

  test("a link to the source's own program is replaced, and what it leads to stays", async () => {
    const main = join(own.source, "src/main.ts");
    linkTo(main);
    expect(must(await installProgram(at(), {}))).toMatchObject({ state: "installed" });
    expect(lstatSync(own.launcher).isFile()).toBe(true);
    expect(readFileSync(main, "utf8")).toBe("#!/usr/bin/env bun\n");
  });

  test("a link to anything else is refused before anything is made", async () => {
    linkTo(join(own.dir, "theirs.ts"));
    for (const act of [installProgram(at(), {}), installProgram(at(), { from: own.source })]) {
      expect(await act).toMatchObject({ ok: false, error: { code: "launcher-taken" } });
    }
    expect(existsSync(own.share)).toBe(false);
    expect(lstatSync(own.launcher).isSymbolicLink()).toBe(true);
  });

  test("what is no source is refused by the verb that was typed; nothing is made", async () => {
    const refused = await installProgram(at(), { from: "/nope" });
    const next = "name the folder: iapeer install --from DIR";
    expect(refused).toMatchObject({ ok: false, error: { code: "no-source", next } });
    nothingMade();
  });

  test.each([
    [
      '1 | foo(;\n        ^\nerror: Unexpected ;\n    at /s/src/a.ts:1:5\n2 | x\nerror: Other\n',
      { why: "error: Unexpected ; at /s/src/a.ts:1:5", next: "correct it, and run it again" },
    ],
    [
      'error: Could not resolve: "zod". Maybe you need to "bun install"?\n    at /s/a.ts:1:1',
      { why: 'error: Could not resolve: "zod".', next: "bun install, and run it again" },
    ],
    ["no such module", { why: "no such module", next: "bun install, and run it again" }],
  ])("what cannot be built says why, and leaves no folder behind: %#", async (stderr, said) => {
    const whole = at();
    const { host } = whole;
    const run: Host["exec"]["run"] = (spec) =>
      spec.argv[1] === "build"
        ? Promise.resolve({ ...FAILED, stderr })
        : host.exec.run(spec);
    const broken = { ...whole, host: { ...host, exec: { ...host.exec, run } } };
    const refused = await installProgram(broken, {});
    const error = refused.ok ? null : refused.error;
    expect(error?.code).toBe("not-built");
    expect(error?.why).toStartWith(said.why);
    expect(error?.next).toContain(said.next);
    nothingMade();
  });

  test("nor does one that cannot get its name", async () => {
    const whole = at();
    const { files } = whole.host;
    const rename: Host["files"]["rename"] = (from, to) =>
      from.includes("/.building-")
        ? { state: "failed", code: "EIO", detail: "no" }
        : files.rename(from, to);
    const broken = { ...whole, host: { ...whole.host, files: { ...files, rename } } };
    const refused = await installProgram(broken, {});
    expect(refused).toMatchObject({ ok: false, error: { code: "not-built", why: "no" } });
    const home = readdirSync(whole.host.facts.home, { recursive: true }).map(String);
    expect(home.filter((path) => path.includes(".building-"))).toEqual([]);
  });

  test("update and rollback of nothing say so alike, and make nothing", async () => {
    for (const act of [updateProgram(at(), {}), rollBack(at())]) {
      const next = "iapeer install, from a checkout";
      expect(await act).toMatchObject({ ok: false, error: { code: "nothing-installed", next } });
    }
    nothingMade();
  });
});

test("what is no source of iapeer's is refused before anything is done", async () => {
  const refused = await installProgram(context(), { from: place.dir });
  expect(refused).toMatchObject({ ok: false, error: { code: "no-source", exit: 2 } });
});
