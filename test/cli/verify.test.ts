// `iapeer verify` names next steps that are about the root that it looked at (CLI contract).

import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const name of ["echo", "lost"]) {
    const typed = ["create", name, "--runtime", "command", "-q", "--", "/bin/cat"];
    expect(await scratch.type(typed)).toMatchObject({ code: 0 });
  }
  writeFileSync(`${scratch.root}/peers/echo/.iapeer/peer-profile.json`, "{", { mode: 0o600 });
  rmSync(`${scratch.root}/peers/lost`, { recursive: true });
});
afterEach(() => scratch.remove());

test("its lines and its document name the root that was asked for", async () => {
  const root = ["--root", scratch.root];
  const { out } = await scratch.type([...root, "verify"]);
  expect(out).toContain(`next: iapeer --root ${scratch.root} verify --fix\n`);
  expect(out).toContain(`iapeer --root ${scratch.root} remove lost`);
  expect(out).not.toMatch(/iapeer (?:verify|remove)/);
  const found = await scratch.type([...root, "verify", "--json"]);
  expect(found.out).toContain(`"iapeer --root ${scratch.root} verify --fix"`);
  expect(found.out).not.toMatch(/iapeer (?:verify|remove)/);
  const fixed = await scratch.type([...root, "verify", "--fix", "--json"]);
  expect(JSON.parse(fixed.out)).toMatchObject({
    schema: "iapeer.verify-fix.v1",
    fixed: [{ code: "profile-corrupt", next: `iapeer --root ${scratch.root} verify --fix` }],
  });
  expect(fixed.out).toContain(`or: iapeer --root ${scratch.root} remove lost"`);
});

test("of the usual root nothing is added", async () => {
  const { out } = await scratch.type(["verify"]);
  expect(out).toContain("next: iapeer verify --fix\n");
});
