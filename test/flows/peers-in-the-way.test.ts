// What may not be a peer's folder, or in it: symlinks, other users' files, something else than a
// folder (storage contract).

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchEnvFor } from "../../src/flows/doctrine.ts";
import { createPeer, type CreateSpec } from "../../src/flows/peers/create.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { codeOf, must, preparedPlace } from "./root-host.ts";

const CAT: CreateSpec = { name: "echo", runtime: "command", command: { argv: ["/bin/cat"] } };

test("a symlink, a file, another user's folder and the root itself are refused", async () => {
  using at = preparedPlace();
  const file = join(at.dir, "file");
  writeFileSync(file, "");
  const link = join(at.dir, "link");
  symlinkSync(at.dir, link);
  const home = join(at.host.layout.root, "..");
  for (const cwd of [file, link, at.host.layout.root]) {
    expect(codeOf(await createPeer(at.host, { ...CAT, cwd }))).toBe("peer-folder-refused");
  }
  const inHome = { ...at.host, layout: { ...at.host.layout, root: join(home, ".iapeer") } };
  expect(codeOf(await createPeer(inHome, { ...CAT, cwd: home }))).toBe("peer-folder-refused");
  // With root's rights a test could chown; everyone can look with another user's eyes.
  const mine = join(at.dir, "mine");
  mkdirSync(mine);
  const stat = (path: string) => {
    const facts = at.host.files.stat(path);
    return path === mine && facts.state === "ok" ? { ...facts, uid: facts.uid + 1 } : facts;
  };
  const seen = { ...at.host, files: { ...at.host.files, stat } };
  expect(codeOf(await createPeer(seen, { ...CAT, cwd: mine }))).toBe("peer-folder-refused");
});

test("a symlinked .iapeer or profile is refused, and not written through", async () => {
  using at = preparedPlace();
  const cwd = join(at.dir, "a");
  const elsewhere = join(at.dir, "elsewhere");
  mkdirSync(cwd);
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(cwd, ".iapeer"));
  expect(codeOf(await createPeer(at.host, { ...CAT, cwd }))).toBe("peer-folder-refused");
  expect(readdirSync(elsewhere)).toEqual([]);
});

test.each(["runtimes", "runtimes/command"])(
  "a symlinked .iapeer/%s is refused, and no secret is written or read through it",
  async (part) => {
    using at = preparedPlace();
    const cwd = join(at.dir, "a");
    const elsewhere = join(at.dir, "elsewhere");
    mkdirSync(join(elsewhere, "command"), { recursive: true });
    mkdirSync(join(cwd, ".iapeer", part, ".."), { recursive: true });
    symlinkSync(elsewhere, join(cwd, ".iapeer", part));
    const made = await createPeer(at.host, { ...CAT, cwd, env: { TOKEN: "secret" } });
    expect(codeOf(made)).toBe("launch-env-not-written");
    expect(readdirSync(elsewhere)).toEqual(["command"]);
    const { entry } = must(await createPeer(at.host, { ...CAT, cwd }));
    const env = launchEnvFor(at.host, entry, entry.default_runtime);
    expect(env.ok ? "" : env.error).toContain("symlink");
    expect(verify(at.host).findings).toMatchObject([{ code: "launch-env-unusable" }]);
  },
);
