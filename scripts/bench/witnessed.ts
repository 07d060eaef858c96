// Servers as a peer has them, with the log of a pane and a canary, and nobody who supervises them:
// what of a start is not the daemon's. Their files are there before anything is measured.

import { writeWitnesses } from "../../src/flows/session/witness-files.ts";
import { socketFor } from "../../src/flows/session/socket-for.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import type { StartRecord } from "../../src/core/generation.ts";
import { identityOf } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import type { NewSessionSpec } from "../../src/ports/tmux.ts";
import { Fleet } from "./fleet.ts";
import { eachOf, type Place } from "./place.ts";

const SESSION_MS = 20_000;

/** Prepared; `start` brings all of them up, so many at once. */
export interface Witnessed {
  start(atOnce: number): Promise<void>;
}

export function prepareWitnessed(place: Place, count: number): Witnessed {
  const fleet = new Fleet(place, { count });
  const specs = fleet.entries.map((peer) => prepareOne(fleet, peer));
  const { tmux } = fleet.app.host;
  return {
    start: (atOnce) =>
      eachOf(specs, atOnce, async (spec) => {
        const outcome = await tmux.newSession(spec);
        if (outcome.state !== "up") throw new Error(`${spec.identity}: ${outcome.detail}`);
      }),
  };
}

function prepareOne({ app }: Fleet, peer: RegistryEntry): NewSessionSpec {
  const { host } = app;
  const runtime = peer.default_runtime;
  const identity = identityOf(runtime, peer.personality);
  const generation = host.ids.generation(host.clock.wall());
  const found = socketFor(host, identity);
  if (!found.ok) throw new Error(found.error);
  const socket = found.value;
  const argv = peer.command?.argv ?? [];
  const spec = {
    presence: { identity, runtime, peer },
    generation,
    socket,
    mode: "fresh",
    cause: "first-wake",
    plan: { argv, env: {}, ready: { by: "alive", forMs: 0 } },
    launchEnv: {},
    secretPaths: [],
  } as const;
  const start: StartRecord = {
    version: 1,
    identity,
    generation,
    personality: peer.personality,
    runtime,
    cwd: peer.cwd,
    argv,
    mode: spec.mode,
    cause: spec.cause,
    startedWall: host.clock.wall(),
    bootId: host.processes.bootId(),
    socket,
  };
  const { dir, tmuxConf, canaryScript } = pathsOf(host, start);
  host.files.makeFolder(dir);
  const written = writeWitnesses(host, spec, start);
  if (!written.ok) throw new Error(written.error);
  const session = { socket, identity, conf: tmuxConf, cwd: peer.cwd, argv };
  return { ...session, env: host.facts.env, canaryScript, timeoutMs: SESSION_MS };
}
