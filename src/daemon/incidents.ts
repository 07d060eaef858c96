// Several deaths within one second are one incident (lifecycle §4): one line with a shared id
// and the likely common cause, and relaunches after it are staggered.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { monoMs, type MonoMs } from "../core/brand.ts";
import type { EndRecord, EndVerdict } from "../core/generation.ts";
import type { Identity } from "../core/names.ts";
import { parseInstant } from "../formats/instant.ts";
import { commonKin, isHolderGone, type Kin } from "../flows/kinship.ts";
import { readOomKills, readPressure } from "../flows/pressure.ts";
import type { Host } from "../ports/host.ts";
import {
  groupDeaths,
  incidentCause,
  staggerMs,
  type IncidentDeath,
  type IncidentFacts,
} from "../rules/incident.ts";

/** At most this many names in one line. */
const NAMED_MAX = 20;

interface NotedDeath extends IncidentDeath {
  readonly kin: Kin | null;
}

const NOTHING_SEEN: IncidentFacts = { rebooted: false, oom: "unknown", parentGone: false };

export class Incidents {
  readonly #host: Host;
  #open: NotedDeath[] = [];
  /** When each may be launched again; kept after its incident has been told. */
  readonly #turns = new Map<Identity, MonoMs>();
  /** OOM kills counted at the latest tick, and at the one before it. */
  #oomKills: number | null;
  #oomKillsBefore: number | null;

  constructor(host: Host) {
    this.#host = host;
    this.#oomKills = readOomKills(host);
    this.#oomKillsBefore = this.#oomKills;
  }

  /** Each tick: a process that was killed for memory hours ago explains nothing now. */
  look(): void {
    this.#oomKillsBefore = this.#oomKills;
    this.#oomKills = readOomKills(this.#host);
  }

  /** Called as a death is noticed; the window closes by itself. A peer counts once in it. */
  note({ identity, kin }: { readonly identity: Identity; readonly kin: Kin | null }): void {
    const { clock, config } = this.#host;
    if (this.#open.some((death) => death.identity === identity)) return;
    if (this.#open.length === 0) clock.after(config.incidentWindowMs, () => this.#close());
    const atMono = clock.mono();
    const waitMs = staggerMs(this.#open.length);
    this.#open.push({ identity, atMono, kin });
    if (waitMs > 0) this.#turns.set(identity, monoMs(atMono + waitMs));
  }

  /** How long a relaunch of this identity still waits because of its place in an incident. */
  staggerMs(identity: Identity): number {
    const turn = this.#turns.get(identity);
    if (turn === undefined) return 0;
    const leftMs = turn - this.#host.clock.mono();
    if (leftMs > 0) return leftMs;
    this.#turns.delete(identity);
    return 0;
  }

  /** Lives of another boot, found at start. */
  reboot(identities: readonly Identity[]): void {
    const atMono = this.#host.clock.mono();
    const deaths = identities.map((identity) => ({ identity, atMono }));
    if (deaths.length >= 2) this.#report(deaths, { ...NOTHING_SEEN, rebooted: true });
  }

  /** Deaths that witnesses recorded while no daemon ran. */
  missed(ends: readonly EndRecord[]): void {
    const deaths = ends.map(({ identity, ts, verdict }) => ({
      identity,
      atMono: monoMs(parseInstant(ts) ?? 0),
      verdict,
    }));
    for (const group of groupDeaths(deaths, this.#host.config.incidentWindowMs)) {
      if (group.length >= 2) this.#report(group, NOTHING_SEEN);
    }
  }

  #close(): void {
    const deaths = this.#open;
    this.#open = [];
    if (deaths.length >= 2) this.#report(deaths, this.#facts(deaths));
  }

  #report(deaths: readonly IncidentDeath[], facts: IncidentFacts): void {
    this.#host.log.write("lifecycle", {
      ev: "incident",
      fields: {
        id: this.#host.ids.short(),
        deaths: deaths.length,
        cause: incidentCause(deaths, facts),
        identities: deaths
          .slice(0, NAMED_MAX)
          .map((death) => death.identity)
          .join(","),
      },
    });
  }

  #facts(deaths: readonly NotedDeath[]): IncidentFacts {
    const common = commonKin(deaths.flatMap(({ kin }) => kin ?? []));
    const parentGone = common !== null && isHolderGone(this.#host, common);
    return { rebooted: false, ...this.memory(), parentGone };
  }

  /** How short of memory the host is, and was since the tick before the last. */
  memory(): Pick<EndVerdict, "oom" | "memoryPressurePercent"> {
    const percent = readPressure(this.#host);
    const before = this.#oomKillsBefore;
    const now = readOomKills(this.#host);
    const known = before !== null && now !== null;
    return {
      oom: known ? (now === before ? "not-seen" : "seen") : "unknown",
      ...(percent === null ? {} : { memoryPressurePercent: percent }),
    };
  }
}

/** Whichever of its processes told of it first: each life counts once. */
export function mourn({ incidents }: Pick<Context, "incidents">, live: Live): void {
  const { generation } = live.doc;
  if (live.mourned === generation || live.start?.server === undefined) return;
  live.mourned = generation;
  incidents.note(live);
}
