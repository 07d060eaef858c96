// The scenes. Each does one real thing, and says what was measured, from the records themselves.

import { broken } from "./scratch.ts";
import type { Stage } from "./stage.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import { identityOf, type Identity, type Personality, type RuntimeName } from "../../core/names.ts";
import { parseInstant } from "../../formats/instant.ts";
import { parseLine } from "../../formats/logfmt.ts";
import { listGenerations, readEnd, readStart } from "../../flows/session/records.ts";
import type { App } from "../app.ts";
import type { Verb, VerbAnswer, VerbRequest } from "../../core/api.ts";
import type { PeerState } from "../../core/states.ts";

const WAIT_MS = 15_000;
const POLL_MS = 10;

const idOf = (name: string): Identity =>
  identityOf("command" as RuntimeName, name as Personality);

export interface Scene {
  readonly app: App;
  readonly stage: Stage;
}

export interface Figures {
  wokeMs?: number;
  noticedMs?: number;
  recordedMs?: number;
  backMs?: number;
}

async function until<T>(app: App, what: string, find: () => T | null): Promise<T> {
  const { clock } = app.host;
  const end = clock.mono() + WAIT_MS;
  for (;;) {
    const found = find();
    if (found !== null) return found;
    if (clock.mono() > end) throw broken(what, `not within ${WAIT_MS / 1000} s`);
    await clock.sleep(POLL_MS);
  }
}

async function verb(app: App, name: string, call: [Verb, VerbRequest]): Promise<VerbAnswer> {
  const [what, request] = call;
  const personality = name as Personality;
  const reached = await app.client.verb({ personality, verb: what, request });
  if (reached.state !== "answered") throw broken(`${what} ${name}`, reached.why);
  const { value } = reached;
  if (value.result === "refused" || value.result === "failed") {
    throw broken(`${what} ${name}: ${value.cause}`, value.detail);
  }
  return value;
}

function newestStart(app: App, name: string): StartRecord | null {
  const identity = idOf(name);
  const generation = listGenerations(app.host, identity).at(-1);
  return generation === undefined ? null : readStart(app.host, { identity, generation });
}

async function stateOf(app: App, name: string): Promise<PeerState | null> {
  const reached = await app.client.snapshot();
  if (reached.state !== "answered") return null;
  const peer = reached.value.peers.find(({ personality }) => personality === name);
  return peer?.runtimes[0]?.state ?? null;
}

async function untilState(app: App, name: string, state: PeerState): Promise<void> {
  let seen: PeerState | null = null;
  const end = app.host.clock.mono() + WAIT_MS;
  while (seen !== state) {
    if (app.host.clock.mono() > end) throw broken(`${name} is not ${state}`, `it is ${seen}`);
    await app.host.clock.sleep(POLL_MS * 5);
    seen = await stateOf(app, name);
  }
}

export async function wakeScene({ app, stage }: Scene, figures: Figures): Promise<void> {
  stage.heading("1. A sleeping peer is woken by a message");
  const answer = await verb(app, "ada", ["wake", { message: "hello ada", topic: "greeting" }]);
  if (answer.result !== "woke") throw broken("ada was awake", answer.result);
  figures.wokeMs = answer.ms;
  stage.say(`ada woke ${answer.mode} (${answer.cause}) and had the message in ${answer.ms} ms`);
  const log = app.host.layout.paneLog(idOf("ada"));
  const line = await until(app, "ada did not answer", () => {
    const read = app.host.files.read(log);
    return read.state === "ok" ? (/ada heard: hello ada/.exec(read.text)?.[0] ?? null) : null;
  });
  stage.say(`on its screen: ${line}`);
  await stage.table();
}

export async function deathScene({ app, stage }: Scene, figures: Figures): Promise<void> {
  const { host } = app;
  stage.heading("2. A tmux server is killed with SIGKILL");
  await untilState(app, "bob", "alive");
  const start = newestStart(app, "bob");
  if (start?.server === undefined) throw broken("bob has no server on record", "start.json");
  await waitHealthy(app, start);
  const killedWall = host.clock.wall();
  host.processes.signal(start.server, "KILL");
  const end = await until(app, "no end record", () => endOf(app, start));
  const noticed = await until(app, "the daemon noticed nothing", () => noticedAt(app, start));
  const next = await until(app, "bob did not come back", () => laterStart(app, start));
  figures.noticedMs = noticed - killedWall;
  figures.recordedMs = (parseInstant(end.ts) ?? killedWall) - killedWall;
  figures.backMs = next.startedWall - killedWall;
  stage.say(`the daemon noticed after ${figures.noticedMs} ms, by a kernel event`);
  stage.say(`the end was on record after ${figures.recordedMs} ms:`);
  stage.say(`  ev=${end.ev} cause=${end.cause ?? "-"} by=${end.by} ours=${end.verdict.ours}`);
  if (end.forensics !== undefined) stage.say(`  forensics=${end.forensics}`);
  stage.say(`bob, always on, was being started again after ${figures.backMs} ms`);
  await stage.table();
}

/** The first restart of a life that was healthy is immediate. */
async function waitHealthy(app: App, start: StartRecord): Promise<void> {
  await until(app, "bob did not live long enough", () =>
    app.host.clock.wall() - start.startedWall > 2500 ? true : null,
  );
}

function endOf(app: App, start: StartRecord): EndRecord | null {
  const found = readEnd(app.host, start);
  return found.state === "recorded" ? found.end : null;
}

function laterStart(app: App, before: StartRecord): StartRecord | null {
  const now = newestStart(app, before.personality);
  return now === null || now.generation === before.generation || now.server === undefined
    ? null
    : now;
}

function noticedAt(app: App, start: StartRecord): number | null {
  const read = app.host.files.read(app.host.layout.lifecycleLog);
  if (read.state !== "ok") return null;
  for (const text of read.text.split("\n")) {
    const event = parseLine(text);
    const { generation, action } = event?.fields ?? {};
    if (event !== null && generation === start.generation && action === "reaped-gone") {
      return parseInstant(event.ts);
    }
  }
  return null;
}

export async function crashLoopScene({ app, stage }: Scene): Promise<void> {
  stage.heading("3. A peer that always fails is stopped from failing for ever");
  await untilState(app, "cyd", "crash-looped");
  const deaths = listGenerations(app.host, idOf("cyd")).length;
  const why = await app.client.why("cyd" as Personality);
  stage.say(`cyd exited with 3, ${deaths} times; it is not restarted now`);
  const [presence] = why.state === "answered" ? why.value.presences : [];
  if (presence !== undefined) stage.say(`why: ${presence.because} ${presence.next}`);
  await stage.table();
}

export async function parkScene({ app, stage }: Scene): Promise<void> {
  stage.heading("4. A clean park, and the conversation goes on");
  await verb(app, "ada", ["stop", {}]);
  stage.say("ada is stopped: its record was written before anything was ended");
  const answer = await verb(app, "ada", ["start", {}]);
  if (answer.result !== "woke") throw broken("ada did not start", answer.result);
  stage.say(`started again: ${answer.mode} (${answer.cause}) in ${answer.ms} ms`);
  const log = app.host.layout.paneLog(idOf("ada"));
  const line = await until(app, "ada does not remember", () => {
    const read = app.host.files.read(log);
    if (read.state !== "ok") return null;
    return /ada is ready \(resume[^)]*\)/.exec(read.text)?.[0] ?? null;
  });
  stage.say(`on its screen: ${line}`);
  await stage.table();
}
