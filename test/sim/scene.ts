// One simulated daemon and a few peers, driven step by step: for what a single story shows better
// than ten thousand seeds.

import type { Verb, VerbAnswer, VerbRequest } from "../../src/core/api.ts";
import type { Config } from "../../src/core/config.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { LogEvent, LogName } from "../../src/core/log-event.ts";
import { identityOf, type Identity, type Personality } from "../../src/core/names.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { concernedBy } from "../../src/daemon/concerned.ts";
import { createSupervisor, type Supervisor } from "../../src/daemon/supervisor.ts";
import { listGenerations, readEnd } from "../../src/flows/session/records.ts";
import { peekDoc } from "../../src/flows/storage/identity-doc.ts";
import type { WatchMode } from "../fakes/death-watch.ts";
import { GOOD, SimWorld, type Manned } from "../fakes/sim-world.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { pass } from "../fakes/time.ts";
import type { FakeServer } from "../fakes/tmux-host.ts";
import { settleIn, type Actor } from "./cast.ts";

export interface SceneOptions {
  readonly peers: Readonly<Record<string, Partial<RegistryEntry>>>;
  readonly config?: Partial<Config>;
  readonly zombies?: boolean;
  /** `broken`: every liveness is looked up. `deaf`: nobody tells of a death. */
  readonly watch?: WatchMode;
  /** From the beginning, what peers run is not there. */
  readonly noProgram?: boolean;
  /** What peers run ignores HUP and TERM. */
  readonly stubborn?: boolean;
  /** Held by a service manager. */
  readonly managed?: readonly string[];
}

export class Scene {
  readonly world: SimWorld;
  readonly log: (LogEvent & { readonly log: LogName })[] = [];
  manned: Manned;
  supervisor: Supervisor;

  private constructor(options: SceneOptions) {
    const { zombies = false, stubborn = false, config = {} } = options;
    const behaviour = () => ({ ...GOOD, stubborn });
    this.world = new SimWorld({ seed: 7, zombies, config, behaviour });
    this.world.onLog = (log, event) => void this.log.push({ log, ...event });
    this.world.faults.watch = options.watch ?? "good";
    this.world.faults.noProgram = options.noProgram ?? false;
    const managed = new Set(options.managed);
    settleIn(this.world, Object.entries(options.peers).map((peer) => actor(peer, managed)));
    this.manned = this.world.man();
    this.supervisor = createSupervisor(this.manned.host, this.manned.watch);
  }

  static async of(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options);
    await scene.start();
    return scene;
  }

  async start(): Promise<void> {
    void this.supervisor.start();
    await this.pass(50);
  }

  /** SIGKILL; another one starts with `restart`. */
  killDaemon(): void {
    this.manned.life.die();
  }

  async restart(): Promise<void> {
    this.killDaemon();
    this.manned = this.world.man();
    this.supervisor = createSupervisor(this.manned.host, this.manned.watch);
    await this.start();
  }

  /** No daemon runs: a process that is there for one verb about this peer, and has adopted. */
  async standAlone(name: string, verb: Verb): Promise<void> {
    this.killDaemon();
    this.manned = this.world.man();
    const call = { personality: name as Personality, verb, request: {} };
    const charge = { only: concernedBy(call) };
    this.supervisor = createSupervisor(this.manned.host, this.manned.watch, charge);
    void this.supervisor.adoptAll();
    await this.pass(50);
  }

  pass(ms: number): Promise<void> {
    return pass(this.world.time, ms);
  }

  /** Asks, and gives it three seconds; null: there is no answer yet. */
  async ask(name: string, verb: Verb, request: VerbRequest = {}): Promise<VerbAnswer | null> {
    const asked = this.begin(name, verb, request);
    await this.pass(3000);
    return asked.answer;
  }

  begin(name: string, verb: Verb, request: VerbRequest = {}): { answer: VerbAnswer | null } {
    const asked: { answer: VerbAnswer | null } = { answer: null };
    const call = { personality: name as Personality, verb, request };
    void this.supervisor.verb(call).then((said) => (asked.answer = said));
    return asked;
  }

  identity(name: string): Identity {
    const agent = identityOf(AGENT, name as Personality);
    const isAgent = this.world.files.stat(this.world.layout.identityDoc(agent)).state === "ok";
    return isAgent ? agent : identityOf(PLAIN, name as Personality);
  }

  server(name: string): FakeServer {
    const found = this.world.tmux.servers().find(({ identity }) => identity.endsWith(`-${name}`));
    if (found === undefined) throw new Error(`${name} has no server`);
    return found;
  }

  doc(name: string): IdentityDoc {
    const read = peekDoc(this.manned.host, this.identity(name));
    if (read.state === "failed") throw new Error(read.detail);
    return read.doc;
  }

  ends(name: string): readonly (EndRecord | null)[] {
    const identity = this.identity(name);
    return listGenerations(this.manned.host, identity).map((generation) => {
      const read = readEnd(this.manned.host, { identity, generation });
      return read.state === "recorded" ? read.end : null;
    });
  }

  /** From outside, at once. */
  kill(process: FakeServer["process"], signal: "KILL" | "TERM" = "KILL"): void {
    this.world.table.deliver(process, signal);
  }

  events(ev: string): readonly LogEvent[] {
    return this.log.filter((event) => event.ev === ev);
  }
}

function actor(
  [name, traits]: readonly [string, Partial<RegistryEntry>],
  managed: ReadonlySet<string>,
): Actor {
  const personality = name as Personality;
  const runtime = traits.default_runtime ?? PLAIN;
  const peer: RegistryEntry = {
    personality,
    runtimes: [runtime],
    default_runtime: runtime,
    description: name,
    intelligence: runtime === AGENT ? "artificial" : "absent",
    wake_policy: "warm",
    always_on: false,
    ...(runtime === AGENT ? {} : { command: { argv: ["plain"] } }),
    interfaces: {},
    cwd: `/home/iapeer/peers/${name}`,
    ...traits,
  };
  const role = managed.has(name) ? "managed" : "plain";
  return { role, peer, identity: identityOf(runtime, personality) };
}
