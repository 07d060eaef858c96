// Figure: the wake of a peer until its screen is ready, through the daemon; beside a bare
// `tmux new-session` with the same program, the two taking turns.

import type { Bench, Figure, Measured } from "./figure.ts";
import { bareServer } from "./bare.ts";
import { Fleet } from "./fleet.ts";
import { median, spread } from "./statistics.ts";

const ARGV = ["/bin/sh", "-c", "echo peer-is-ready; exec sleep 1000000"];

export const wake: Figure = {
  name: "wake",
  what: "wake of a command peer until it is ready",
  targets: [{ of: "wake_over_bare_ms_p50", most: 40 }],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const runs = bench.pick({ full: 100, quick: 20, smoke: 1 });
  const unmeasured = bench.pick({ full: 5, quick: 2, smoke: 0 });
  const place = bench.place();
  const fleet = new Fleet(place, { count: runs + unmeasured, argv: ARGV, ready: "peer-is-ready" });
  await fleet.startDaemon();
  const woken: number[] = [];
  const inside: number[] = [];
  const bare: number[] = [];
  for (const name of fleet.names) {
    const begun = performance.now();
    const answer = await fleet.verb(name, "wake");
    woken.push(performance.now() - begun);
    if (answer.result === "woke") inside.push(answer.ms);
    const bareBegun = performance.now();
    await bareServer(place, `bare-${name}`, ARGV);
    bare.push(performance.now() - bareBegun);
  }
  const [ours, theirs] = [woken.slice(unmeasured), bare.slice(unmeasured)];
  const figures = {
    ...spread("wake_ms", ours),
    wake_inside_daemon_ms_p50: median(inside.slice(unmeasured)),
    wake_over_bare_ms_p50: median(ours) - median(theirs),
  };
  return {
    runs: { wakes: runs },
    figures,
    baseline: spread("bare_new_session_ms", theirs),
    ratio: { wake_p50: median(ours) / median(theirs) },
  };
}
