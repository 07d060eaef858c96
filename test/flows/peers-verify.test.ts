// Divergences (storage contract): each is found, says whether it can be fixed, and is fixed
// without anything being overwritten that did not parse.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peerLayout } from "../../src/core/layout.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { findPeer } from "../../src/flows/peers/find.ts";
import type { FindingCode } from "../../src/flows/peers/finding.ts";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { verify } from "../../src/flows/peers/verify.ts";
import { must, type RootHost } from "./root-host.ts";
import { BY_HAND, edit, fix, FIXED, ID, place } from "./verify-cases.ts";

const codes = (host: RootHost): FindingCode[] =>
  verify(host).findings.map((finding) => finding.code);

const allIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted();

test.each(FIXED)("$code is found and fixed", async ({ code, damage, left = [], after }) => {
  using at = await place();
  expect(codes(at.host)).toEqual([]);
  damage(at);
  const [finding, ...more] = verify(at.host).findings;
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ code, fixable: true });
  const report = must(await fix(at.host));
  expect(report.fixed.map((each) => each.code)).toEqual([code]);
  expect(report.left.findings.map((each) => each.code)).toEqual([...left]);
  expect(codes(at.host)).toEqual([...left]);
  after?.(at);
  expect(must(await fix(at.host)).fixed).toEqual([]);
});

test.each(BY_HAND)("$code is left to a person, with what to do", async ({ code, damage }) => {
  using at = await place();
  damage(at);
  const before = verify(at.host).findings;
  expect(before).toMatchObject([{ code, fixable: false, severity: "error" }]);
  expect(before[0]?.next).not.toBe("");
  const report = must(await fix(at.host));
  expect(report.fixed).toEqual([]);
  expect(report.left.findings).toEqual(before);
});

test("a registry that cannot be read stops the fix with words, and is left alone", async () => {
  using at = await place();
  rmSync(at.host.layout.registry);
  mkdirSync(at.host.layout.registry);
  expect(codes(at.host)).toContain("registry-unreadable");
  const fixed = await fix(at.host);
  expect(fixed.ok ? "" : fixed.error.code).toBe("registry-unreadable");
  expect(existsSync(at.host.layout.registry)).toBe(true);
});

test("verify only reads, whatever it finds", async () => {
  using at = await place();
  writeFileSync(at.host.layout.registry, "{");
  writeFileSync(at.profile, "{");
  writeFileSync(at.host.layout.identityDoc(ID), "{");
  const before = allIn(at.host.layout.root);
  verify(at.host);
  expect(allIn(at.host.layout.root)).toEqual(before);
  expect(at.host.logged).toEqual([]);
});

test("several at once, of several peers, in one go", async () => {
  using at = await place();
  for (const name of ["b", "c", "d"]) must(await createPeer(at.host, { name, runtime: "claude" }));
  const of = (name: string) => peerLayout(join(at.host.layout.peersDir, name)).profile;
  rmSync(of("b"));
  writeFileSync(of("c"), "");
  edit(of("d"), '"always_on": false', '"always_on": true');
  must(await unregisterPeer(at.host, "a"));
  writeFileSync(at.host.layout.identityDoc(ID), "left by a killed remove");
  const report = must(await fix(at.host));
  expect(report.fixed.map((finding) => finding.code).sort()).toEqual([
    "orphan-state",
    "profile-corrupt",
    "profile-differs",
    "profile-missing",
  ]);
  expect(report.left.findings.map((finding) => finding.code)).toEqual(["copy-set-aside"]);
  expect(must(findPeer(at.host, "d")).always_on).toBe(true);
});
