// Trust in a peer's folder, in settings that all peers share: it moves with the folder, goes with
// the peer, and a crowd of births loses none of it.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { uninstall } from "../../src/flows/install/uninstall.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { initPeer } from "../../src/flows/peers/init.ts";
import { forgetFolder } from "../../src/flows/peers/known-folder.ts";
import { renamePeer } from "../../src/flows/peers/rename.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { MAIN } from "../cli/program.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { Place } from "../provision/place.ts";
import { must } from "./root-host.ts";
import { fix } from "./verify-cases.ts";

const CROWD = 12;
const SLOW_MS = 60_000;

const configOf = (at: Place): string => join(at.host.facts.home, ".codex/config.toml");

const trusted = (at: Place): readonly string[] => {
  if (!existsSync(configOf(at))) return [];
  const config = Bun.TOML.parse(readFileSync(configOf(at), "utf8"));
  const { projects = {} } = config as { readonly projects?: Readonly<Record<string, object>> };
  return Object.keys(projects).toSorted();
};

const peerDir = (at: Place, name: string): string => join(at.host.layout.peersDir, name);

test("a rename that moves the folder takes its trust along; a removal takes it back", async () => {
  using at = new Place();
  must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  const renamed = must(await renamePeer(at.host, { from: "ada", to: "eve" }));
  expect(renamed.warnings).toEqual([]);
  expect(trusted(at)).toEqual([peerDir(at, "eve")]);
  const { entry } = must(await unregisterPeer(at.host, "eve"));
  expect(await forgetFolder(at.host, entry)).toEqual([]);
  expect(trusted(at)).toEqual([]);
});

test("an uninstall with the data takes all of it back", async () => {
  using at = new Place();
  must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  must(await createPeer(at.host, { name: "eve", runtime: "codex", cwd: at.path("outside") }));
  expect(trusted(at)).toHaveLength(2);
  const status = { schema: "iapeer.daemon.v1", state: "not-running" } as const;
  const daemon = {
    status: () => Promise.resolve(status),
    stop: () => Promise.resolve({ state: "no-daemon" as const }),
  };
  const services = fakeServices(new FakeServiceManager());
  const gone = must(await uninstall({ host: at.host, services, daemon }, { deleteData: true }));
  expect(gone).toEqual({ deleted: [at.host.layout.root], told: [], warnings: [] });
  expect(trusted(at)).toEqual([]);
  expect(existsSync(at.path("outside/.iapeer"))).toBe(true);
});

test("a folder moved by hand is trusted where it is now, and there alone", async () => {
  using at = new Place();
  const { entry } = must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  renameSync(entry.cwd, at.path("elsewhere"));
  expect(must(await initPeer(at.host, at.path("elsewhere"))).state).toBe("moved");
  expect(trusted(at)).toEqual([at.path("elsewhere")]);
});

test("a folder that verify finds again under peers is trusted there, and there alone", async () => {
  using at = new Place();
  const { entry } = must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  renameSync(entry.cwd, peerDir(at, "moved"));
  must(await fix(at.host));
  expect(trusted(at)).toEqual([peerDir(at, "moved")]);
});

test("claude's trust moves with the folder, which remembers it, and is taken back", async () => {
  using at = new Place();
  const path = join(at.host.facts.home, ".claude.json");
  writeFileSync(path, '{"a": 1}');
  const trustedByClaude = () => {
    const { projects = {} } = JSON.parse(readFileSync(path, "utf8")) as { projects?: object };
    return Object.keys(projects);
  };
  const { entry: ada } = must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  expect(trustedByClaude()).toEqual([ada.cwd]);
  must(await renamePeer(at.host, { from: "ada", to: "eve" }));
  expect(trustedByClaude()).toEqual([peerDir(at, "eve")]);
  renameSync(peerDir(at, "eve"), at.path("elsewhere"));
  must(await initPeer(at.host, at.path("elsewhere")));
  expect(trustedByClaude()).toEqual([at.path("elsewhere")]);
  const { entry } = must(await unregisterPeer(at.host, "eve"));
  expect(await forgetFolder(at.host, entry)).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe('{"a": 1}');
});

test("a removed peer's folder stays trusted when a namesake lives in it", async () => {
  using at = new Place();
  must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  const { entry } = must(await unregisterPeer(at.host, "ada"));
  must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  expect(await forgetFolder(at.host, entry)).toEqual([]);
  expect(trusted(at)).toEqual([entry.cwd]);
});

test("what is not UTF-8 is left to the byte", async () => {
  using at = new Place();
  const latin = Buffer.from("# caf\u00e9\n", "latin1");
  mkdirSync(join(configOf(at), ".."), { recursive: true });
  writeFileSync(configOf(at), latin);
  const { warnings } = must(await createPeer(at.host, { name: "ada", runtime: "codex" }));
  expect(warnings.join("\n")).toContain("is left as it is: it is not UTF-8");
  expect(readFileSync(configOf(at)).equals(latin)).toBe(true);
});

test("a crowd of births loses no trust", async () => {
  using at = new Place();
  const { env, home } = at.host.facts;
  // A long file takes its time to be read and changed, in which another birth reads it too.
  const others = Array.from({ length: 2000 }, (_, index) => `/others/${index}`);
  const tables = others.map((cwd) => `[projects."${cwd}"]\ntrust_level = "trusted"\n`);
  mkdirSync(join(configOf(at), ".."), { recursive: true });
  writeFileSync(configOf(at), tables.join("\n"));
  const names = Array.from({ length: CROWD }, (_, index) => `p${index}`);
  const births = names.map((name) =>
    at.host.exec.run({
      argv: [process.execPath, MAIN, "create", name, "--runtime", "codex"],
      env: { ...env, HOME: home, IAPEER_ROOT: at.host.layout.root },
      timeoutMs: SLOW_MS,
    }),
  );
  const states = (await Promise.all(births)).map(({ state }) => state);
  expect(states).toEqual(names.map(() => "ok"));
  const wanted = [...others, ...names.map((name) => peerDir(at, name))].toSorted();
  expect(trusted(at)).toEqual(wanted);
}, SLOW_MS);
