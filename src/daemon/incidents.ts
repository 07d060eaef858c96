// Several deaths within one second are one incident (lifecycle §4): one line with a shared id
// and the likely common cause, and relaunches after it are staggered.

import type { Identity } from "../core/names.ts";
import { readOomKills, readPressure } from "../flows/pressure.ts";
import type { Host } from "../ports/host.ts";
import {
  incidentCause,
  staggerMs,
  type IncidentDeath,
  type IncidentFacts,
} from "../rules/incident.ts";

/** At most this many names in one line. */
const NAMED_MAX = 20;

export class Incidents {
  readonly #host: Host;
  #open: IncidentDeath[] = [];
  #oomKills: number | null;

  constructor(host: Host) {
    this.#host = host;
    this.#oomKills = readOomKills(host);
  }

  /** Called as a death is noticed; the window closes by itself. */
  note(identity: Identity): void {
    const { clock, config } = this.#host;
    if (this.#open.length === 0) clock.after(config.incidentWindowMs, () => this.#close());
    this.#open.push({ identity, atMono: clock.mono() });
  }

  /** How long a relaunch of this identity waits because of its place in an open incident. */
  staggerMs(identity: Identity): number {
    const index = this.#open.findIndex((death) => death.identity === identity);
    return index <= 0 ? 0 : staggerMs(index);
  }

  /** Lives of another boot, found at start. */
  reboot(identities: readonly Identity[]): void {
    const atMono = this.#host.clock.mono();
    const deaths = identities.map((identity) => ({ identity, atMono }));
    if (deaths.length >= 2) this.#report(deaths, { ...this.#facts(), rebooted: true });
  }

  #close(): void {
    const deaths = this.#open;
    this.#open = [];
    const facts = this.#facts();
    if (deaths.length >= 2) this.#report(deaths, facts);
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

  #facts(): IncidentFacts {
    const percent = readPressure(this.#host);
    const before = this.#oomKills;
    this.#oomKills = readOomKills(this.#host);
    const known = before !== null && this.#oomKills !== null;
    return {
      rebooted: false,
      oom: known ? (this.#oomKills === before ? "not-seen" : "seen") : "unknown",
      ...(percent === null ? {} : { memoryPressurePercent: percent }),
      parentGone: false,
    };
  }
}
