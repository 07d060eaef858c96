// Jobs of peers over a service manager that only remembers what it was asked: which are taken from
// it, and that none is touched whose session would end.

import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { wallMs } from "../../src/core/brand.ts";
import { identityOf, type Personality } from "../../src/core/names.ts";
import type { ServiceJob } from "../../src/core/service.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { surveyService } from "../../src/flows/service/survey.ts";
import { installDaemon, uninstallDaemon } from "../../src/flows/service/daemon-service.ts";
import { markHandOver, takeHandOver } from "../../src/flows/service/hand-over.ts";
import { heldDaemons, releasing } from "../../src/flows/service/held-jobs.ts";
import { installPeerJob, peerProof, removePeerJob } from "../../src/flows/service/peer-jobs.ts";
import { changeDoc } from "../../src/flows/storage/identity-doc.ts";
import { readManagerRecord, writeManagerRecord } from "../../src/flows/service/record.ts";
import type { Host } from "../../src/ports/host.ts";
import { choice, COMMAND, peer, place } from "./managers-place.ts";
import { must } from "./root-host.ts";

test("files without a record of who holds the root: seen, and taken out by uninstall", async () => {
  using here = place([peer("bridge", true)]);
  const { systemd } = here.managers;
  systemd.managed.add("bridge");
  const { jobs } = await surveyService(here.context);
  expect(jobs).toMatchObject([{ owner: { owner: "ours" }, wanted: false }]);
  expect(await uninstallDaemon(here.context)).toMatchObject({ state: "not-loaded" });
  expect(systemd.asked).toContain("remove com.iapeer.peer.bridge");
  expect(systemd.asked).toContain("remove com.iapeer.daemon");
});

test.each(["foreign", "another-root"] as const)(
  "a switch to one whose unit is %s ends and records nothing",
  async (owner) => {
    using here = place([peer("bridge", true)]);
    const { embedded, systemd } = here.managers;
    systemd.ownerOf = () => ({ owner, detail: "theirs", root: "/theirs" });
    const reason = "as the test says";
    systemd.install = () => Promise.resolve({ state: "refused-foreign", path: "/u", reason });
    must(writeManagerRecord(here.host, choice("embedded")));
    const { answer } = must(await installDaemon(here.context, choice("systemd")));
    expect(answer).toMatchObject({ state: "refused-foreign" });
    expect(embedded.asked).toEqual([]);
    expect(readManagerRecord(here.host)?.manager).toBe("embedded");
  },
);

test("a manager that has files gives them up when another one is chosen", async () => {
  using here = place([peer("bridge", true)]);
  here.managers.launchd.managed.add("bridge");
  must(await installDaemon(here.context, choice("systemd")));
  expect(here.managers.launchd.managed.size).toBe(0);
  expect(here.managers.systemd.managed.has("bridge")).toBe(true);
});

test("jobs of peers that are gone, or not to be held any more, are dropped", async () => {
  using here = place([peer("bridge", true), peer("plain", false)]);
  const { systemd } = here.managers;
  must(writeManagerRecord(here.host, choice("systemd")));
  for (const name of ["bridge", "plain", "gone"]) systemd.managed.add(name);
  must(await installDaemon(here.context, choice("systemd")));
  expect([...systemd.managed]).toEqual(["bridge"]);
});

test("one that is held and to be held is not let go of in between", async () => {
  using here = place([peer("bridge", true)]);
  const { systemd, embedded } = here.managers;
  embedded.ownerOf = (id) => systemd.ownerOf(id);
  must(writeManagerRecord(here.host, choice("systemd")));
  systemd.managed.add("bridge");
  must(await installDaemon(here.context, choice("systemd")));
  expect(systemd.asked).toContain("install com.iapeer.peer.bridge");
  expect(systemd.asked).not.toContain("remove com.iapeer.peer.bridge");
  expect(embedded.asked).toEqual([]);
});

test.each([{ stopped: true }, { gaveUpWall: wallMs(1) }])("%j: it stays down", async (down) => {
  using here = place([peer("bridge", true)]);
  const identity = identityOf(COMMAND, "bridge" as Personality);
  changeDoc(here.host, identity, (doc) => ({ ...doc, ...down }));
  must(await installDaemon(here.context, choice("systemd")));
  expect(here.managers.systemd.asked).not.toContain("install com.iapeer.peer.bridge");
});

test("taken out: of whom a file is lost too, but of nobody that was never held", async () => {
  using here = place([peer("bridge", true), peer("plain", false)]);
  const { systemd, embedded } = here.managers;
  // It keeps no files of its own: these are systemd's.
  embedded.ownerOf = () => ({ owner: "ours" });
  must(writeManagerRecord(here.host, choice("systemd")));
  await uninstallDaemon(here.context);
  expect(embedded.asked).toEqual([]);
  const asked = systemd.asked.filter((verb) => verb.startsWith("remove "));
  expect(asked).toEqual(["remove com.iapeer.peer.bridge", "remove com.iapeer.daemon"]);
});

test("what would be taken out is ours alone: neither their files nor their daemon", async () => {
  using here = place([]);
  const { systemd } = here.managers;
  must(writeManagerRecord(here.host, choice("systemd")));
  for (const name of ["bridge", "theirs"]) systemd.managed.add(name);
  systemd.fileOf = (id) => `/units/${id.kind === "peer" ? id.personality : "daemon"}`;
  systemd.ownerOf = (id) =>
    id.kind === "peer" && id.personality === "bridge"
      ? { owner: "ours" }
      : { owner: "another-root", root: "/theirs" };
  systemd.query = (id) => systemd.start({ id } as ServiceJob);
  expect(await heldDaemons(here.context)).toEqual([]);
  expect(releasing(here.context, [])).toEqual(["end its job and delete /units/bridge"]);
});

test("with a peer's job goes what was kept about it, and nothing of another's", async () => {
  using here = place([peer("bridge", true)]);
  const host: Host = { ...here.host, manager: here.managers.systemd };
  const { jobsDir } = host.layout;
  host.files.makeFolder(jobsDir);
  const theirs = ["command-other.lease", "command-bridge-2.hand-over", "com.iapeer.daemon.loaded"];
  const own = ["command-bridge.lease", "claude-bridge.hand-over", "com.iapeer.peer.bridge.loaded"];
  for (const name of [...theirs, ...own]) host.files.writeAtomic(`${jobsDir}/${name}`, "");
  await removePeerJob(host, "bridge" as Personality);
  expect(readdirSync(jobsDir).toSorted()).toEqual(theirs.toSorted());
});

test("a mark is good for a minute, and once; one of a later time is none", () => {
  using here = place([]);
  const { host } = here;
  const identity = identityOf(COMMAND, "bridge" as Personality);
  const taken = (laterMs: number) => {
    markHandOver(host, identity);
    const wall = () => wallMs(host.clock.wall() + laterMs);
    return takeHandOver({ ...host, clock: { ...host.clock, wall } }, identity);
  };
  expect([0, 50_000, 60_000, -10_000].map(taken)).toEqual([true, true, false, false]);
  expect(takeHandOver(host, identity)).toBe(false);
});

test("a session would end for want of a mark: nothing is asked, and it says why", async () => {
  using here = place([peer("bridge", true)]);
  const { systemd } = here.managers;
  const { files } = here.host;
  const full = { state: "failed", code: "ENOSPC", detail: "no space left" } as const;
  const writeAtomic: typeof files.writeAtomic = (path, text, options) =>
    path.endsWith(".hand-over") ? full : files.writeAtomic(path, text, options);
  const host: Host = { ...here.host, manager: systemd, files: { ...files, writeAtomic } };
  const answer = await installPeerJob(host, peer("bridge", true), COMMAND);
  const reason = expect.stringContaining("no space left");
  expect(answer).toMatchObject({ state: "failed", reason, next: expect.any(String) });
  expect(systemd.asked).toEqual([]);
});

test("a proof knows a try that came to nothing since it was made, and no earlier one", async () => {
  using here = place([peer("bridge", true)]);
  const { host } = here;
  const identity = identityOf(COMMAND, "bridge" as Personality);
  const paused = (at: number) =>
    changeDoc(host, identity, (doc) => ({
      ...doc,
      restart: { attempts: 2, notBeforeWall: wallMs(at) },
    }));
  paused(1000);
  const proof = peerProof(host, peer("bridge", true), COMMAND);
  expect(await proof()).toMatchObject({ state: "silent", isFinal: false });
  paused(2000);
  expect(await proof()).toMatchObject({ state: "silent", isFinal: true });
  changeDoc(host, identity, (doc) => ({ ...doc, restart: { attempts: 0, notBeforeWall: null } }));
  expect(await proof()).toMatchObject({ state: "silent", isFinal: false });
});

test("an install that is repeated keeps why its manager was chosen", () => {
  using here = place([]);
  const why = { probe: "systemctl --user", saw: "answers", meant: "systemd it is" };
  must(writeManagerRecord(here.host, { manager: "systemd", trace: [why] }));
  const first = readManagerRecord(here.host);
  const again = { manager: "systemd", trace: [], isAsRecorded: true } as const;
  must(writeManagerRecord(here.host, again));
  expect(readManagerRecord(here.host)).toEqual(first);
  must(writeManagerRecord(here.host, choice("systemd")));
  expect(readManagerRecord(here.host)?.trace).toEqual([]);
});

test("no mark outlives what it was for", async () => {
  using here = place([peer("bridge", true)]);
  const host: Host = { ...here.host, manager: here.managers.systemd };
  await installPeerJob(host, peer("bridge", true), COMMAND);
  const { jobsDir } = host.layout;
  const names = existsSync(jobsDir) ? readdirSync(jobsDir) : [];
  expect(names.filter((name) => name.endsWith(".hand-over"))).toEqual([]);
});

test("with a registry that does not parse nobody's job is touched", async () => {
  using here = place([peer("bridge", true)]);
  const { systemd, launchd } = here.managers;
  systemd.managed.add("bridge");
  here.host.files.writeAtomic(here.host.layout.registry, "{");
  const refused = { state: "unknown", next: "iapeer verify --fix, then try again" };
  expect(await uninstallDaemon(here.context)).toMatchObject(refused);
  const changed = must(await installDaemon(here.context, choice("launchd")));
  expect(changed.answer).toMatchObject(refused);
  expect([...systemd.managed]).toEqual(["bridge"]);
  const asked = [...systemd.asked, ...launchd.asked].filter((verb) => !verb.startsWith("query "));
  expect(asked).toEqual([]);
  // Held by files that nobody's install has recorded, or by none.
  const { embedded } = here.managers;
  systemd.managed.clear();
  embedded.managed.add("bridge");
  expect(await uninstallDaemon(here.context)).toMatchObject(refused);
  embedded.managed.clear();
  expect(await uninstallDaemon(here.context)).toMatchObject({ state: "not-loaded" });
});

test("a registry that is lost is what the folders say: the session is handed over", async () => {
  using here = place([]);
  const { systemd } = here.managers;
  const command = { argv: ["/bin/cat"] };
  must(await createPeer(here.host, { name: "bridge", runtime: "command", command }));
  here.host.files.remove(here.host.layout.registry);
  systemd.managed.add("bridge");
  const marked: boolean[] = [];
  const mark = `${here.host.layout.jobsDir}/command-bridge.hand-over`;
  const remove = systemd.remove.bind(systemd);
  systemd.remove = (id) => {
    if (id.kind === "peer") marked.push(existsSync(mark));
    return remove(id);
  };
  expect(await uninstallDaemon(here.context)).toMatchObject({ state: "not-loaded" });
  expect(marked).toEqual([true]);
});
