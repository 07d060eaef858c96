// Where a job is, looked for in gui/<uid> and in user/<uid>, so that no second one is overlooked;
// and where it would be loaded.

import { labelOf, type JobId, type JobSeen, type ServiceAnswer } from "../../core/service.ts";
import type { Printed } from "../../formats/launchctl-print.ts";
import { chooseDomain, type DomainChoice } from "../../rules/choose-domain.ts";
import type { Launchctl, Looked } from "./launchctl.ts";

export interface Place {
  readonly domain: string;
  readonly looked: Looked;
}

/** What each of the two domains says; one that does not exist holds nothing. */
export async function lookFor(launchctl: Launchctl, uid: number, id: JobId): Promise<Place[]> {
  const domains = [`gui/${uid}`, `user/${uid}`];
  return Promise.all(
    domains.map(async (domain) => {
      const looked = await launchctl.print(`${domain}/${labelOf(id)}`);
      if (looked.state !== "unknown") return { domain, looked };
      const there = await launchctl.domain(domain);
      return { domain, looked: there === "absent" ? ({ state: "not-loaded" } as const) : looked };
    }),
  );
}

export async function domainFor(launchctl: Launchctl, uid: number): Promise<DomainChoice> {
  const [gui, user] = await Promise.all([
    launchctl.domain(`gui/${uid}`),
    launchctl.domain(`user/${uid}`),
  ]);
  return chooseDomain({ uid, gui, user });
}

/** In words: these say that it is being ended, though it still has a pid. */
const ENDING = new Set(["SIGTERMed", "SIGKILLed"]);

/** The places as one answer: loaded anywhere counts, and so does not knowing. */
export function answerOf(places: readonly Place[]): ServiceAnswer {
  const loaded = places.flatMap(({ domain, looked }) =>
    looked.state === "loaded" ? [{ domain, printed: looked.printed }] : [],
  );
  // The one with a pid first: alive means a pid.
  const isDead = ({ printed }: (typeof loaded)[number]) => Number(printed.pid === null);
  const ordered = loaded.toSorted((a, b) => isDead(a) - isDead(b));
  const [first, ...others] = ordered;
  if (first !== undefined) {
    const job = seenOf(first.domain, first.printed, others.map(({ domain }) => domain));
    const ending = ENDING.has(job.activity ?? "");
    return { state: ending ? "draining" : "loaded", reason: tellSeen(job), job };
  }
  const unsure = places.find(({ looked }) => looked.state === "unknown")?.looked;
  if (unsure?.state === "unknown") {
    const next = "iapeer daemon status";
    return { state: "unknown", reason: `cannot tell: ${unsure.detail}`, next };
  }
  return { state: "not-loaded", reason: "launchd has no such job loaded" };
}

function seenOf(domain: string, printed: Printed, alsoIn: readonly string[]): JobSeen {
  const { state, pid, runs, path } = printed;
  const lastExit = printed.lastExitCode ?? printed.lastSignal;
  return { pid, activity: state, domain, alsoIn, path, runs, lastExit };
}

export function tellSeen({ pid, activity, domain, runs, lastExit }: JobSeen): string {
  const parts = [
    pid === null ? "loaded, without a process" : `runs as pid ${pid}`,
    ...(domain === null ? [] : [`in ${domain}`]),
    ...(activity === null ? [] : [`state ${activity}`]),
    ...(runs === null ? [] : [`run ${runs} times`]),
    ...(lastExit === null ? [] : [`last exit ${lastExit}`]),
  ];
  return parts.join(", ");
}
