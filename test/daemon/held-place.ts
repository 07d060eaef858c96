// A peer on a fake host, and one process after another that holds it.

import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { RuntimeName } from "../../src/core/names.ts";
import { holdPeer } from "../../src/daemon/held/hold-peer.ts";
import { ownContext } from "../../src/daemon/held/own-context.ts";
import { refreshLive } from "../../src/daemon/live.ts";
import { adopt } from "../../src/daemon/members.ts";
import { endSession } from "../../src/daemon/verbs/halt.ts";
import { markHandOver } from "../../src/flows/service/hand-over.ts";
import { changeDoc, peekDoc } from "../../src/flows/storage/identity-doc.ts";
import { FakeLease } from "../fakes/lock.ts";
import { ProgramRun } from "../fakes/programs.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { pass, settle } from "../fakes/time.ts";
import { settleIn, type Actor } from "../sim/cast.ts";
import { actor } from "./managed-place.ts";

const PLAIN_BELL = actor("bell", "plain");
/** Registered, and none that this program has. */
export const GONE = "gone" as RuntimeName;
const PEER = { ...PLAIN_BELL.peer, always_on: true, runtimes: [PLAIN, GONE] };
const BELL = { ...PLAIN_BELL, peer: { ...PEER, initial_prompt: "begin" } };

export class HeldPlace {
  readonly world = new SimWorld({ seed: 7 });
  readonly up: string[] = [];
  readonly pauses: number[] = [];
  #host = this.world.man().host;

  constructor(peers: readonly Actor[] = [BELL]) {
    settleIn(this.world, peers);
  }

  /** A holder begins; `term` is what its manager sends it. */
  hold(runtime = PLAIN) {
    const { host, watch, life } = this.world.man();
    this.#host = host;
    const asked = new AbortController();
    const end = holdPeer({
      host,
      lease: new FakeLease(this.world.locks, life),
      createWatch: () => watch,
      personality: BELL.peer.personality,
      runtime,
      signal: asked.signal,
      onUp: (how) => this.up.push(how),
      onPause: (_, ms) => this.pauses.push(ms),
    });
    return { end: () => settle(this.world.time, end), term: () => asked.abort(), life };
  }

  /** A holder that has come up. */
  async held() {
    const holder = this.hold();
    await this.pass(1000);
    return holder;
  }

  pass(ms: number): Promise<void> {
    return pass(this.world.time, ms);
  }

  doc(change?: Partial<IdentityDoc>): IdentityDoc {
    if (change !== undefined) {
      changeDoc(this.#host, BELL.identity, (doc) => ({ ...doc, ...change }));
    }
    const read = peekDoc(this.#host, BELL.identity);
    if (read.state === "failed") throw new Error(read.detail);
    return read.doc;
  }

  servers(): number {
    return this.world.tmux.servers().length;
  }

  received(): readonly string[] {
    const [server] = this.world.tmux.servers();
    return server?.pane.program instanceof ProgramRun ? server.pane.program.received : [];
  }

  /** What holds its session dies, as at the hands of the kernel. */
  async kill(): Promise<void> {
    const [server] = this.world.tmux.servers();
    if (server !== undefined) this.world.table.send(server.process, "KILL");
    await this.pass(2000);
  }

  /** By another process that is there for it. */
  async endFromOutside(reason: "new" | "stop"): Promise<void> {
    const { host, watch } = this.world.man();
    const spec = { entry: BELL.peer, runtime: PLAIN, watch, onChange: () => undefined };
    const { context, live } = ownContext(host, spec);
    adopt(host, live);
    refreshLive(host, live);
    await settle(this.world.time, endSession(context, live, { reason }));
  }

  handOver(): void {
    markHandOver(this.#host, BELL.identity);
  }
}
