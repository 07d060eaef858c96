// A storm over a scratch fleet: a driver that, by a seed, kills whatever runs, restarts the
// daemon and asks for verbs, and remembers what it was promised. The judge speaks afterwards.

import type { Verb, VerbRequest } from "../../src/core/api.ts";
import type { Personality } from "../../src/core/names.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { canaryProcess } from "../../src/flows/session/canary.ts";
import { Random } from "../fakes/random.ts";
import { eventually, type Fleet } from "./fleet.ts";

/** Neither a hangup nor TERM ends it, and its children are as stubborn. */
const STUBBORN = 'trap "" TERM HUP; sleep 1000 & setsid sleep 1000 & exec sleep 1000';
const TALKER = "while :; do echo still here; sleep 0.05; done";

export const CAST: readonly { name: string; argv: readonly string[]; alwaysOn?: boolean }[] = [
  { name: "plain-0", argv: ["/bin/cat"] },
  { name: "plain-1", argv: ["/bin/cat"] },
  { name: "plain-2", argv: ["/bin/cat"] },
  { name: "held-0", argv: ["/bin/cat"], alwaysOn: true },
  { name: "held-1", argv: ["/bin/cat"], alwaysOn: true },
  { name: "held-2", argv: ["/bin/sh", "-c", TALKER], alwaysOn: true },
  { name: "stubborn-0", argv: ["/bin/sh", "-c", STUBBORN] },
  { name: "stubborn-1", argv: ["/bin/sh", "-c", STUBBORN] },
  { name: "stubborn-2", argv: ["/bin/sh", "-c", STUBBORN], alwaysOn: true },
  { name: "talker", argv: ["/bin/sh", "-c", TALKER] },
  { name: "brief", argv: ["/bin/sh", "-c", "exit 7"] },
  { name: "brief-held", argv: ["/bin/sh", "-c", "exit 8"], alwaysOn: true },
];

/** What the operator's last word about a peer was, and whether it was answered. */
export interface Word {
  readonly verb: Verb;
  readonly kept: boolean;
}

export class Storm {
  readonly words = new Map<Personality, Word>();
  /** For a failing run: what was done, newest last. */
  readonly story: string[] = [];
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #names: readonly Personality[];
  readonly #pending = new Set<Promise<unknown>>();
  /** start, stop and new of one peer, one at a time, so that the last word is known. */
  readonly #speaking = new Set<Personality>();
  #restarting: Promise<void> | null = null;

  constructor(fleet: Fleet, names: readonly Personality[], seed: number) {
    this.#fleet = fleet;
    this.#names = names;
    this.#random = new Random(seed);
  }

  async rage(forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      this.#strike();
      await Bun.sleep(this.#random.int(5, 120));
    }
    await this.calm();
  }

  /** The daemon is up and every call has come back. */
  async calm(): Promise<void> {
    await Promise.all(this.#pending);
    await this.#restarting;
  }

  #strike(): void {
    const dice = this.#random.next();
    const name = this.#random.pick(this.#names);
    if (dice < 0.4) this.#killPart(name);
    else if (dice < 0.46) this.#killDaemonsChild();
    else if (dice < 0.51) this.#restartDaemon();
    else if (dice < 0.7) this.#note(this.#ask(name, "wake", { message: "hello" }));
    else if (dice < 0.92) this.#say(name);
    else this.#runProgram(name);
  }

  #killPart(name: Personality): void {
    const victims = this.#partsOf(name);
    if (victims.length === 0) return;
    const [what, ref] = this.#random.pick(victims);
    this.story.push(`KILL ${what} of ${name} (${ref.pid})`);
    this.#fleet.app.host.processes.signal(ref, "KILL");
  }

  #partsOf(name: Personality): readonly (readonly [string, ProcessRef])[] {
    const start = this.#fleet.starts(name).at(-1);
    if (start === undefined) return [];
    const { processes } = this.#fleet.app.host;
    const recorder = canaryProcess(this.#fleet.app.host, start);
    const client = recorder === null ? undefined : processes.descendants(recorder)[0];
    const child = start.pane === undefined ? undefined : processes.descendants(start.pane)[0];
    const { server, pane } = start;
    const parts = { server, pane, recorder: recorder ?? undefined, client, child };
    return Object.entries(parts).flatMap(([what, ref]) =>
      ref !== undefined && this.#fleet.isAlive(ref) ? [[what, ref] as const] : [],
    );
  }

  /** A tmux client in the middle of what it was run for. */
  #killDaemonsChild(): void {
    if (this.#restarting !== null) return;
    const { processes } = this.#fleet.app.host;
    const daemon = processes.identify(this.#fleet.daemonPid);
    if (daemon === null || daemon === "unknown") return;
    const children = processes.descendants(daemon);
    if (children.length === 0) return;
    const child = this.#random.pick(children);
    this.story.push(`KILL a child of the daemon (${child.pid})`);
    processes.signal(child, "KILL");
  }

  #restartDaemon(): void {
    if (this.#restarting !== null) return;
    this.story.push("KILL the daemon");
    const pauseMs = this.#random.int(0, 400);
    this.#restarting = this.#restart(pauseMs).finally(() => (this.#restarting = null));
  }

  /** A verb of the program may hold the root for a moment, so the start is tried again. */
  async #restart(pauseMs: number): Promise<void> {
    await this.#fleet.killDaemon();
    await Bun.sleep(pauseMs);
    await eventually("the daemon is back", () =>
      this.#fleet.startDaemon().then(
        () => true,
        () => false,
      ),
    );
    this.story.push(`the daemon is back (${this.#fleet.daemonPid})`);
  }

  #say(name: Personality): void {
    if (this.#speaking.has(name)) return;
    this.#speaking.add(name);
    const verb = this.#random.pick(["stop", "start", "start", "new"] as const);
    this.words.set(name, { verb, kept: false });
    const said = this.#ask(name, verb, {}).then((kept) => {
      this.words.set(name, { verb, kept });
      this.#speaking.delete(name);
    });
    this.#note(said);
  }

  /** Whether the daemon said that it was done. */
  async #ask(name: Personality, verb: Verb, request: VerbRequest): Promise<boolean> {
    this.story.push(`${verb} ${name}`);
    const reached = await this.#fleet.app.client.verb({ personality: name, verb, request });
    const told = reached.state === "answered" ? reached.value.result : reached.state;
    this.story.push(`${verb} ${name}: ${told}`);
    return told === "done" || told === "woke" || told === "already-alive";
  }

  /** Only verbs that change no promise, killed half-way as often as not. */
  #runProgram(name: Personality): void {
    const words = this.#random.pick([["list"], ["why", name], ["wake", name], ["refresh", name]]);
    const killAfterMs = this.#random.chance(0.5) ? this.#random.int(20, 400) : null;
    this.story.push(`iapeer ${words.join(" ")}, killed after ${killAfterMs ?? "never"}`);
    this.#note(this.#fleet.cli(words, killAfterMs === null ? {} : { killAfterMs }));
  }

  #note(work: Promise<unknown>): void {
    const noted = work.finally(() => this.#pending.delete(noted));
    this.#pending.add(noted);
  }
}

