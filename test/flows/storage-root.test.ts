// Preparing a root (storage contract; lifecycle §7): layout, modes, versions, and what is refused.

import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { LAYOUT_VERSION } from "../../src/core/layout.ts";
import { checkLayout, ownFolders, prepareRoot } from "../../src/flows/storage/root.ts";
import { codeOf, must, openHost, scratch } from "./root-host.ts";

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a new root gets every folder at 0700 and the layout's version", () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  for (const folder of ownFolders(host.layout)) {
    expect([folder, modeOf(folder)]).toEqual([folder, 0o700]);
  }
  const version: unknown = JSON.parse(readFileSync(host.layout.layoutVersion, "utf8"));
  expect(version).toEqual({ version: LAYOUT_VERSION });
});

test("one that has no room for sockets is not made", () => {
  using place = scratch();
  const fits = 100 - "/run/0123456789ab.sock".length - place.dir.length - 1;
  const rooted = (length: number) => openHost(`${place.dir}/${"d".repeat(length)}`);
  const refused = prepareRoot(rooted(fits + 1));
  expect(codeOf(refused)).toBe("socket-path");
  expect(readdirSync(place.dir)).toEqual([]);
  must(prepareRoot(rooted(fits)));
});

test("an empty folder without that room becomes none; a root that has lost it stays one", () => {
  using place = scratch();
  const long = openHost(`${place.dir}/${"d".repeat(90)}`);
  mkdirSync(long.layout.root);
  expect(codeOf(prepareRoot(long))).toBe("socket-path");
  expect(readdirSync(long.layout.root)).toEqual([]);
  const short = openHost(place.root);
  must(prepareRoot(short));
  rmSync(long.layout.root, { recursive: true });
  renameSync(short.layout.root, long.layout.root);
  must(prepareRoot(long));
});

test("repeating it changes nothing", () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  const before = statSync(host.layout.layoutVersion).mtimeMs;
  must(prepareRoot(host));
  expect(statSync(host.layout.layoutVersion).mtimeMs).toBe(before);
});

test("folders that others could read are tightened", () => {
  using place = scratch();
  mkdirSync(join(place.root, "run"), { recursive: true, mode: 0o755 });
  must(prepareRoot(openHost(place.root)));
  expect(modeOf(place.root)).toBe(0o700);
  expect(modeOf(join(place.root, "run"))).toBe(0o700);
});

test("somebody's own folder is refused, and stays as it is", () => {
  using place = scratch();
  mkdirSync(join(place.root, "thesis"), { recursive: true, mode: 0o755 });
  chmodSync(place.root, 0o755);
  writeFileSync(join(place.root, "thesis/a.txt"), "a");
  expect(codeOf(prepareRoot(openHost(place.root)))).toBe("root-in-use");
  expect(modeOf(place.root)).toBe(0o755);
  expect(readdirSync(place.root)).toEqual(["thesis"]);
});

test("iapeer's own files may be there first, and a root that was cut off is one", () => {
  using place = scratch();
  mkdirSync(place.root);
  for (const own of ["config.json", "IAPEER.md", ".iapeer-123-1.tmp"]) {
    writeFileSync(join(place.root, own), "{}");
  }
  const host = openHost(place.root);
  must(prepareRoot(host));
  writeFileSync(join(place.root, "notes.txt"), "put there later");
  must(prepareRoot(host));
  rmSync(host.layout.layoutVersion);
  must(prepareRoot(host));
});

test.each(["", "/run", "/state", "/state/iapeer", "/logs", "/peers"])(
  "a symlink at root%s is refused, and nothing is written through it",
  (at) => {
    using place = scratch();
    const elsewhere = join(place.dir, "elsewhere");
    mkdirSync(elsewhere);
    const link = place.root + at;
    mkdirSync(join(link, ".."), { recursive: true, mode: 0o700 });
    symlinkSync(elsewhere, link);
    const prepared = prepareRoot(openHost(place.root));
    expect(codeOf(prepared)).toBe("folder-refused");
    expect(String(prepared.ok ? "" : prepared.error)).toContain("symlink");
    expect(readdirSync(elsewhere)).toEqual([]);
  },
);

test("a root to read that is no folder, or another user's", () => {
  using place = scratch();
  const file = join(place.dir, "file");
  writeFileSync(file, "");
  expect(checkLayout(openHost(file))).toMatchObject({
    error: { code: "folder-refused", what: `${file} is no folder` },
  });
  const host = openHost(place.root);
  must(prepareRoot(host));
  const statTarget = (path: string) => {
    const facts = host.files.statTarget(path);
    return facts.state === "ok" ? { ...facts, uid: facts.uid + 1 } : facts;
  };
  const seen = { ...host, files: { ...host.files, statTarget } };
  expect(checkLayout(seen)).toMatchObject({
    error: { code: "root-not-yours", what: `the root ${host.layout.root} is not yours` },
  });
});

const put = (path: string, text = "in the way") => {
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
};

test.each(["run", "state", "state/iapeer", "state/iapeer/sessions", "state/iapeer/peers"])(
  "a file in the place of %s is refused",
  (at) => {
    using place = scratch();
    const path = join(place.root, at);
    put(path);
    const prepared = prepareRoot(openHost(place.root));
    expect(prepared.ok).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("in the way");
  },
);

test.each([
  ["logs", 5],
  ["logs/iapeer", 4],
  ["logs/iapeer/panes", 1],
  ["logs/iapeer/server-deaths", 1],
  ["logs/iapeer/jobs", 1],
  ["state/iapeer/jobs", 1],
  ["peers", 1],
])("a file in the place of %s is told, and everything else is made", (at, count) => {
  using place = scratch();
  const path = join(place.root, at);
  put(path);
  const host = openHost(place.root);
  const troubles = must(prepareRoot(host));
  expect(troubles).toHaveLength(count);
  expect(troubles[0]?.message).toContain(path);
  expect(readFileSync(path, "utf8")).toBe("in the way");
  const missing = ownFolders(host.layout).filter((folder) => !existsSync(folder));
  expect(missing.every((folder) => folder.startsWith(path))).toBe(true);
  expect(readFileSync(host.layout.layoutVersion, "utf8")).toContain(String(LAYOUT_VERSION));
  rmSync(path);
  expect(must(prepareRoot(host))).toEqual([]);
});

test("what is to be done about a root that cannot be made is no moving away of nothing", () => {
  using place = scratch();
  writeFileSync(join(place.dir, "file"), "");
  const prepared = prepareRoot(openHost(join(place.dir, "file/root")));
  expect(prepared).toMatchObject({ ok: false, error: { code: "folder-refused" } });
  const next = prepared.ok ? "" : prepared.error.next;
  expect(next).toBe("put the folder above it right, or choose another root with --root");
});

test("another user's root is refused", () => {
  using place = scratch();
  const host = openHost(place.root);
  must(prepareRoot(host));
  const other = { ...host, facts: { ...host.facts, uid: host.facts.uid + 1 } };
  const prepared = prepareRoot(other);
  expect(codeOf(prepared)).toBe("root-not-yours");
  expect(String(prepared.ok ? "" : prepared.error.next)).toEndWith("do this as its owner");
  expect(String(prepared.ok ? "" : prepared.error)).toContain("another user");
});

test("a newer layout is refused before anything is touched", () => {
  using place = scratch();
  const host = openHost(place.root);
  mkdirSync(host.layout.stateDir, { recursive: true, mode: 0o755 });
  writeFileSync(host.layout.layoutVersion, JSON.stringify({ version: LAYOUT_VERSION + 1 }));
  const prepared = prepareRoot(host);
  expect(codeOf(prepared)).toBe("layout-newer");
  expect(readdirSync(place.root)).toEqual(["state"]);
  expect(modeOf(host.layout.stateDir)).toBe(0o755);
  expect(codeOf(checkLayout(host))).toBe("layout-newer");
});

test("a verb that only reads takes any other root as it is, and makes none", () => {
  using place = scratch();
  const host = openHost(place.root);
  must(checkLayout(host));
  expect(readdirSync(place.dir)).toEqual([]);
  must(prepareRoot(host));
  must(checkLayout(host));
  writeFileSync(host.layout.layoutVersion, "{");
  must(checkLayout(host));
  expect(readFileSync(host.layout.layoutVersion, "utf8")).toBe("{");
});

test("a root from before there was a version file is migrated with all that is in it", () => {
  using place = scratch();
  const host = openHost(place.root);
  mkdirSync(host.layout.identityDocsDir, { recursive: true, mode: 0o700 });
  writeFileSync(host.layout.identityDoc("claude-a" as never), "{}");
  must(prepareRoot(host));
  expect(readdirSync(host.layout.identityDocsDir)).toEqual(["claude-a.json"]);
  expect(readFileSync(host.layout.layoutVersion, "utf8")).toContain(String(LAYOUT_VERSION));
});

test.each(["", "{", "[]", '{"version": "1"}', '{"version": -1}', '{"version": 1.5}'])(
  "a version file that says nothing (%s) is moved aside and reported",
  (text) => {
    using place = scratch();
    const host = openHost(place.root);
    must(prepareRoot(host));
    writeFileSync(host.layout.layoutVersion, text);
    must(prepareRoot(host));
    const aside = readdirSync(host.layout.stateDir).filter((name) => name.includes(".corrupt-"));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(host.layout.stateDir, aside[0] ?? ""), "utf8")).toBe(text);
    expect(host.logged.map((event) => event.ev)).toEqual(["file-corrupt"]);
  },
);
