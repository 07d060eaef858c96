// Figure: what the daemon costs while its peers do nothing, ticks included; beside a Bun process
// that sleeps for the same time.

import { emptyBun } from "./bare.ts";
import type { Bench, Figure, Measured } from "./figure.ts";
import { Fleet } from "./fleet.ts";
import { cpuMs, switches } from "./kernel.ts";

/** After the start of a fleet: garbage collection and compilation come to rest. */
const SETTLE_MS = 10_000;

export const cpu: Figure = {
  name: "cpu",
  what: "the daemon's time on a core beside idle peers, ticks included",
  targets: [{ of: "daemon_cpu_percent", most: 0.1 }],
  measure,
};

async function measure(bench: Bench): Promise<Measured> {
  const peers = bench.pick({ full: 1000, quick: 200, smoke: 2 });
  const seconds = bench.pick({ full: 300, quick: 65, smoke: 1 });
  const place = bench.place();
  const fleet = new Fleet(place, { count: peers });
  const daemon = await fleet.startDaemon();
  bench.note(`starting ${peers} peers`);
  await fleet.startAll();
  const empty = emptyBun(place);
  await Bun.sleep(bench.pick({ full: SETTLE_MS, quick: SETTLE_MS, smoke: 100 }));
  bench.note(`watching for ${seconds} s`);
  const look = () => ({ daemon: cpuMs(daemon), empty: cpuMs(empty), switches: switches(daemon) });
  const [begun, before] = [performance.now(), look()];
  await Bun.sleep(seconds * 1000);
  const [tookMs, after] = [performance.now() - begun, look()];
  const [daemonMs, emptyMs] = [after.daemon - before.daemon, after.empty - before.empty];
  return {
    runs: { peers, seconds },
    figures: {
      daemon_cpu_ms: daemonMs,
      daemon_cpu_percent: (daemonMs / tookMs) * 100,
      daemon_main_thread_switches: after.switches - before.switches,
    },
    baseline: { empty_bun_cpu_ms: emptyMs, empty_bun_cpu_percent: (emptyMs / tookMs) * 100 },
    ratio: emptyMs > 0 ? { cpu: daemonMs / emptyMs } : {},
  };
}
