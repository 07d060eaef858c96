// `iapeer uninstall --delete-data` (memory-provider contract): every peer goes, so the provider is
// told of each as at its removal, while all that it may ask for is still there.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { ENTRY, installLayout } from "../../src/core/install-layout.ts";
import { planUninstall, uninstall, type UninstallSpec } from "../../src/flows/install/uninstall.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { must } from "../flows/root-host.ts";
import { until } from "../real/host-under-test.ts";
import { Place } from "./place.ts";

const TIMEOUT_MS = 20_000;
const ALL: UninstallSpec = { deleteData: true };

function contextOf({ host }: Place): ServiceContext {
  const status = { schema: "iapeer.daemon.v1", state: "not-running" } as const;
  const daemon = {
    status: () => Promise.resolve(status),
    stop: () => Promise.resolve({ state: "no-daemon" as const }),
  };
  return { host, services: fakeServices(new FakeServiceManager()), daemon };
}

async function peopled(at: Place): Promise<ServiceContext> {
  must(await createPeer(at.host, { name: "ada", runtime: "claude" }));
  must(await createPeer(at.host, { name: "eve", runtime: "codex", cwd: at.path("outside") }));
  const command = { argv: ["/bin/cat"] };
  must(await createPeer(at.host, { name: "echo", runtime: "command", command }));
  return contextOf(at);
}

const calls = (at: Place): readonly string[] =>
  existsSync(at.path("calls"))
    ? readFileSync(at.path("calls"), "utf8").trim().split("\n").toSorted()
    : [];

const NOTE = 'echo "$1 $3 $4 $5" >> "$(dirname "$0")/calls"\n';

test("tells of each peer once, with its folder and registration still there", async () => {
  using at = new Place();
  const context = await peopled(at);
  at.provide(`grep -q "\\"$4\\"" '${at.host.layout.registry}' && [ -d "$2/.iapeer" ] || exit 7
    ${NOTE}`);
  const { actions } = await planUninstall(context, ALL);
  const announced = actions.filter((action) => action.startsWith("call "));
  expect(announced).toEqual([
    "call acme to unprovision claude of ada",
    "call acme to unprovision codex of eve",
  ]);
  expect(must(await uninstall(context, ALL))).toEqual({
    deleted: [at.host.layout.root],
    told: ["ada: memory unprovision: claude:ok", "eve: memory unprovision: codex:ok"],
    warnings: [],
  });
  expect(calls(at)).toEqual(["off claude ada remove", "off codex eve remove"]);
  expect(existsSync(at.host.layout.root)).toBe(false);
}, TIMEOUT_MS);

test("tells nobody where the data stays", async () => {
  using at = new Place();
  const context = await peopled(at);
  at.provide(NOTE);
  const spec = { deleteData: false };
  const { actions } = await planUninstall(context, spec);
  expect(actions.filter((action) => action.startsWith("call "))).toEqual([]);
  expect(must(await uninstall(context, spec))).toMatchObject({ told: [], warnings: [] });
  expect(calls(at)).toEqual([]);
}, TIMEOUT_MS);

test("goes on without a provider that fails or hangs, and says for whom", async () => {
  using at = new Place({ provisionTimeoutMs: 400 });
  const context = await peopled(at);
  at.provide('[ "$4" = ada ] || sleep 300; echo stuck >&2; exit 5');
  const { told, warnings } = must(await uninstall(context, ALL));
  expect(told).toEqual([]);
  expect(warnings).toEqual([
    "ada: memory unprovision: claude:failed (exit 5: stuck)",
    expect.stringContaining("'claude' 'ada' 'remove'"),
    "eve: memory unprovision: codex:timeout (SIGTERM)",
    expect.stringContaining("'codex' 'eve' 'remove'"),
  ]);
  expect(existsSync(at.host.layout.root)).toBe(false);
}, TIMEOUT_MS);

test("interrupted, has deleted nothing; again, it is completed", async () => {
  using at = new Place();
  const context = await peopled(at);
  at.provide(`${NOTE}sleep 300`);
  const interrupt = new AbortController();
  const cut = uninstall(context, { ...ALL, interrupted: interrupt.signal });
  await until("both calls", () => calls(at).length === 2);
  interrupt.abort();
  expect(await cut).toMatchObject({ ok: false, error: { code: "uninstall-cut-off" } });
  expect(existsSync(at.host.layout.registry)).toBe(true);
  at.provide(NOTE);
  expect(must(await uninstall(context, ALL)).told).toHaveLength(2);
  expect(existsSync(at.host.layout.root)).toBe(false);
}, TIMEOUT_MS);

test("tells nobody where what install made cannot be taken away", async () => {
  using at = new Place();
  const context = await peopled(at);
  at.provide(NOTE);
  const { version } = installLayout(at.host.facts.home);
  mkdirSync(version("0.0.1-abc"), { recursive: true });
  writeFileSync(`${version("0.0.1-abc")}/${ENTRY}`, "");
  expect(await uninstall(context, ALL)).toMatchObject({
    ok: false,
    error: { code: "not-removed", why: version("0.0.1-abc") },
  });
  expect(calls(at)).toEqual([]);
  expect(existsSync(at.host.layout.registry)).toBe(true);
}, TIMEOUT_MS);
