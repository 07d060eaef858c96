// One presence and one occasion (memory-provider contract): the route that the declaration
// gives, its run, and its line in lifecycle.log.

import { identityOf, type RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type {
  Occasion,
  PeerProvision,
  PresenceProvision,
  ProviderDeclaration,
  ProviderPlugin,
  ProvisionCommand,
  ProvisionOutcome,
} from "../../core/provider.ts";
import { redactText, secretValues } from "../../formats/redact.ts";
import type { Host } from "../../ports/host.ts";
import { directionOf, peerStateOf, routeOf } from "../../rules/provision.ts";
import { provisionArgv } from "../../rules/provider-argv.ts";
import { launchEnvFor } from "../doctrine.ts";
import { runProvision } from "./run.ts";

export interface PeerCall {
  readonly declaration: ProviderDeclaration;
  readonly peer: RegistryEntry;
  readonly occasion: Occasion;
  readonly interrupted?: AbortSignal;
}

/** The peer's agentic runtimes, one after the other, in the order of its profile. */
export async function provisionPeer(host: Host, call: PeerCall): Promise<PeerProvision> {
  const runtimes: PresenceProvision[] = [];
  for (const runtime of agenticRuntimes(host, call.peer)) {
    runtimes.push(await provisionPresence(host, call, runtime));
  }
  return { personality: call.peer.personality, state: peerStateOf(runtimes), runtimes };
}

export const agenticRuntimes = (host: Host, peer: RegistryEntry): readonly RuntimeName[] =>
  peer.runtimes.filter((name) => host.runtimes.get(name)?.traits.agentic === true);

async function provisionPresence(
  host: Host,
  call: PeerCall,
  runtime: RuntimeName,
): Promise<PresenceProvision> {
  const { peer, occasion, interrupted } = call;
  const identity = identityOf(runtime, peer.personality);
  const secrets = secretsOf(host, peer);
  const found =
    interrupted?.aborted === true
      ? unrun("interrupted", "not begun")
      : await follow(host, call, runtime);
  // A program that was ended by us says nothing about the provider.
  const wasCut = interrupted?.aborted === true && found.state === "failed";
  const provision = { identity, runtime, ...found, ...(wasCut ? CUT : {}) };
  const { state, exitCode, signal, durationMs, detail } = provision;
  host.log.write("lifecycle", {
    ev: "memory-provision",
    fields: {
      identity,
      occasion,
      state,
      exit: exitCode ?? signal ?? "-",
      ms: durationMs,
      detail: redactText(detail, secrets),
    },
  });
  return provision;
}

/** Read before it runs, and of whatever runtime: a provider can read and change them. */
const secretsOf = (host: Host, peer: RegistryEntry): readonly string[] =>
  [...host.runtimes.keys()].flatMap((runtime) => {
    const env = launchEnvFor(host, peer, runtime);
    return env.ok ? secretValues(env.value.env) : [];
  });

const CUT = { state: "interrupted" } as const;

type Found = Omit<PresenceProvision, "identity" | "runtime">;

const unrun = (state: PresenceProvision["state"], detail: string): Found => ({
  state,
  exitCode: null,
  signal: null,
  detail,
  durationMs: 0,
  argv: [],
});

function follow(host: Host, call: PeerCall, runtime: RuntimeName): Promise<Found> | Found {
  const route = routeOf(call.declaration, directionOf(call.occasion));
  switch (route.by) {
    case "command":
      return followCommand(host, { ...call, runtime }, route.command);
    case "plugin":
      return followPlugin(host, { ...call, runtime }, route.plugin);
    case "none":
      return unrun("refused", route.reason);
  }
}

type PresenceCall = PeerCall & { readonly runtime: RuntimeName };

function followCommand(
  host: Host,
  { peer, runtime, occasion, interrupted }: PresenceCall,
  command: ProvisionCommand,
): Promise<ProvisionOutcome> {
  const { cwd, personality } = peer;
  const argv = provisionArgv(command, { cwd, runtime, personality, occasion });
  return runProvision(host, { argv, ...(interrupted === undefined ? {} : { interrupted }) });
}

/** The runtime's own program, in the environment of its sessions; the first failure ends it. */
async function followPlugin(
  host: Host,
  { peer, runtime, occasion, interrupted }: PresenceCall,
  plugin: ProviderPlugin,
): Promise<Found> {
  const environment = launchEnvFor(host, peer, runtime);
  if (!environment.ok) return unrun("failed", environment.error);
  const adapter = host.runtimes.get(runtime);
  const launchEnv = environment.value.env;
  const direction = directionOf(occasion);
  const planned = adapter?.pluginSteps?.({ plugin, occasion, direction, launchEnv });
  if (planned === undefined) return unrun("skipped", `${runtime} has no plugins`);
  if ("skip" in planned) return unrun("skipped", planned.skip);
  const cwd = host.files.stat(peer.cwd).state === "ok" ? { cwd: peer.cwd } : {};
  const rest = interrupted === undefined ? cwd : { ...cwd, interrupted };
  let last: Found = unrun("skipped", "there was nothing to run");
  let durationMs = 0;
  for (const argv of planned.steps) {
    const outcome = await runProvision(host, { argv, env: planned.env, ...rest });
    durationMs += outcome.durationMs;
    last = { ...outcome, durationMs };
    if (outcome.state !== "ok") break;
  }
  const hadNothing = last.state === "failed" && planned.alreadyDone?.test(last.detail) === true;
  return hadNothing ? { ...last, state: "skipped" } : last;
}
