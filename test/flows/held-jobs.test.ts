// Jobs of peers over a service manager that only remembers what it was asked: which are taken from
// it, and that none is touched whose session would end.

import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { wallMs } from "../../src/core/brand.ts";
import { identityOf, type Personality, type RuntimeName } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { MANAGERS, type ManagerName } from "../../src/core/service.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { surveyService } from "../../src/flows/service/survey.ts";
import { installDaemon, uninstallDaemon } from "../../src/flows/service/daemon-service.ts";
import { installPeerJob, peerProof } from "../../src/flows/service/peer-jobs.ts";
import { changeDoc } from "../../src/flows/storage/identity-doc.ts";
import { readManagerRecord, writeManagerRecord } from "../../src/flows/service/record.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import type { Host } from "../../src/ports/host.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { must, preparedPlace } from "./root-host.ts";

const COMMAND = "command" as RuntimeName;

const peer = (personality: string, alwaysOn: boolean): RegistryEntry => ({
  personality: personality as Personality,
  runtimes: [COMMAND],
  default_runtime: COMMAND,
  description: "a peer of a test",
  intelligence: "absent",
  wake_policy: "warm",
  always_on: alwaysOn,
  command: { argv: ["/bin/cat"] },
  interfaces: {},
  cwd: `/nowhere/${personality}`,
});

type Managers = Readonly<Record<ManagerName, FakeServiceManager>>;

function place(peers: readonly RegistryEntry[]) {
  const { host, dir, [Symbol.dispose]: dispose } = preparedPlace();
  const registry = renderRegistry({ version: 1, peers });
  host.files.writeAtomic(host.layout.registry, registry);
  const managers = Object.fromEntries(
    MANAGERS.map((name) => [name, new FakeServiceManager(name)]),
  ) as unknown as Managers;
  const context: ServiceContext = {
    host,
    services: {
      recorded: null,
      named: (name) => managers[name],
      probe: () => Promise.reject(new Error("nobody asks")),
    },
    daemon: {
      status: () => Promise.resolve({ schema: "iapeer.daemon.v1", state: "not-running" }),
      stop: () => Promise.resolve({ state: "no-daemon" }),
    },
  };
  return { host, dir, managers, context, [Symbol.dispose]: dispose };
}

const choice = (manager: ManagerName) => ({ manager, trace: [] });

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
