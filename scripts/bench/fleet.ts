// Many peers in one scratch root: their profiles and the registry written in bulk, a daemon of
// their own, and the records of their lives.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { App } from "../../src/cli/app.ts";
import type { VerbAnswer } from "../../src/core/api.ts";
import { peerLayout } from "../../src/core/layout.ts";
import type { StartRecord } from "../../src/core/generation.ts";
import { QUIET_BUN } from "../../src/core/service-job.ts";
import { identityOf, type Personality, type RuntimeName } from "../../src/core/names.ts";
import type { Profile, RegistryEntry } from "../../src/core/profile.ts";
import type { Verb } from "../../src/core/api.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { readStart } from "../../src/flows/session/records.ts";
import { renderProfile } from "../../src/formats/profile.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import { createApp } from "../../src/wire.ts";
import { eachOf, type Place, until } from "./place.ts";

export const MAIN = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** A program that does nothing, for as long as a benchmark can take. */
export const IDLE_ARGV: readonly string[] = ["/bin/sleep", "1000000"];

const COMMAND = "command" as RuntimeName;
/**
 * Verbs asked at once. Each is answered when its peer is ready, 300 ms after its launch: with fewer
 * the daemon would have nothing to launch meanwhile.
 */
const ASKED_AT_ONCE = 128;

export interface FleetSpec {
  readonly count: number;
  readonly argv?: readonly string[] | ((name: Personality) => readonly string[]);
  readonly ready?: string;
  readonly alwaysOn?: boolean;
  /** Of the daemon, beside the place's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Fleet {
  readonly names: readonly Personality[];
  readonly entries: readonly RegistryEntry[];
  readonly app: App;
  readonly #env: Readonly<Record<string, string>>;
  #daemon: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;

  constructor(
    readonly place: Place,
    spec: FleetSpec,
  ) {
    // As every job of the daemon has it, whichever manager holds it.
    this.#env = { ...place.env, ...QUIET_BUN, ...spec.env };
    this.names = Array.from(
      { length: spec.count },
      (_, index) => `b${String(index).padStart(4, "0")}` as Personality,
    );
    const app = createApp({ root: place.root, env: this.#env, flags: {} });
    if (!app.ok) throw app.error;
    this.app = app.value;
    const prepared = prepareRoot(this.app.host);
    if (!prepared.ok) throw prepared.error;
    this.entries = this.names.map((name) => this.#entry(name, spec));
    this.#write(this.entries);
  }

  #write(peers: readonly RegistryEntry[]): void {
    for (const { cwd, ...profile } of peers) {
      const paths = peerLayout(cwd);
      mkdirSync(paths.dir, { recursive: true, mode: 0o700 });
      writeFileSync(paths.profile, renderProfile(profile), { mode: 0o600 });
    }
    const text = renderRegistry({ version: 1, peers });
    writeFileSync(this.app.host.layout.registry, text, { mode: 0o600 });
  }

  #entry(name: Personality, spec: FleetSpec): RegistryEntry {
    const { argv = IDLE_ARGV, ready } = spec;
    const profile: Profile = {
      personality: name,
      runtimes: [COMMAND],
      default_runtime: COMMAND,
      description: `peer ${name} of a benchmark`,
      intelligence: "absent",
      wake_policy: "warm",
      always_on: spec.alwaysOn ?? false,
      command: {
        argv: typeof argv === "function" ? argv(name) : argv,
        ...(ready === undefined ? {} : { ready }),
      },
      interfaces: {},
    };
    return { ...profile, cwd: join(this.app.host.layout.peersDir, name) };
  }

  /** `program`: what runs instead of `iapeer daemon run`; it says `supervising` when it does. */
  async startDaemon(program: readonly string[] = [MAIN, "daemon", "run"]): Promise<number> {
    const daemon = Bun.spawn([process.execPath, ...program], {
      cwd: this.place.folder,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#daemon = this.place.own(daemon);
    let said = "";
    const decoder = new TextDecoder();
    for await (const part of daemon.stderr) {
      said += decoder.decode(part, { stream: true });
      if (said.includes("supervising")) return daemon.pid;
    }
    throw new Error(`the daemon did not start: ${said}`);
  }

  /** What the daemon prints. */
  get daemonOutput(): ReadableStream<Uint8Array> {
    if (this.#daemon === null) throw new Error("no daemon runs");
    return this.#daemon.stdout;
  }

  async stopDaemon(): Promise<void> {
    this.#daemon?.kill("SIGTERM");
    await this.#daemon?.exited;
    this.#daemon = null;
  }

  async verb(name: Personality, verb: Verb): Promise<VerbAnswer> {
    const reached = await this.app.client.verb({ personality: name, verb, request: {} });
    if (reached.state !== "answered") throw new Error(`${verb} ${name}: ${reached.why}`);
    const { value } = reached;
    if (value.result === "refused" || value.result === "failed") {
      throw new Error(`${verb} ${name}: ${value.cause}: ${value.detail}`);
    }
    return value;
  }

  async startAll(names: readonly Personality[] = this.names): Promise<void> {
    await eachOf(names, ASKED_AT_ONCE, async (name) => {
      await this.verb(name, "start");
    });
  }

  /** The present life of a peer: complete, with its server and its pane. */
  life(name: Personality): Life {
    const identity = identityOf(COMMAND, name);
    const read = peekDoc(this.app.host, identity);
    const generation = read.state === "ok" ? read.doc.generation : null;
    const start =
      generation === null ? null : readStart(this.app.host, { identity, generation });
    if (start?.server === undefined || start.pane === undefined) {
      throw new Error(`${name} has no life on record`);
    }
    const { server, pane } = start;
    const { end } = this.app.host.layout.generation(identity, start.generation);
    return { start, server, pane, end };
  }

  /** The recorder that watches a life; waits for it to say so. */
  async canaryPid({ start }: Life): Promise<number> {
    const { host } = this.app;
    const path = host.layout.generation(start.identity, start.generation).canaryPid;
    let pid = 0;
    await until("a canary", () => {
      const read = host.files.read(path);
      pid = read.state === "ok" ? Number(/"pid":(\d+)/.exec(read.text)?.[1] ?? 0) : 0;
      return pid > 0;
    });
    return pid;
  }
}

export interface Life {
  readonly start: StartRecord;
  readonly server: NonNullable<StartRecord["server"]>;
  readonly pane: NonNullable<StartRecord["pane"]>;
  readonly end: string;
}
