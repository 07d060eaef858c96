// The daemon as it is, but for a death watch that also prints, for each process whose end it
// tells of, the pid and the instant on the host's monotonic clock.

import { runDaemon } from "../../src/daemon/run.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { createLease } from "../../src/effects/lease.ts";
import { listenUnix } from "../../src/effects/listen.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import type { Host } from "../../src/ports/host.ts";
import { createApp } from "../../src/wire.ts";

function telling(watch: DeathWatch, { clock }: Host): DeathWatch {
  return {
    mechanism: watch.mechanism,
    arm: (process, onExit) =>
      watch.arm(process, () => {
        const noticed = clock.mono();
        onExit();
        void Bun.stdout.write(`${process.pid} ${noticed}\n`);
      }),
    disarm: (process) => watch.disarm(process),
    armed: () => watch.armed(),
    catchUp: () => watch.catchUp(),
    close: () => watch.close(),
  };
}

const { env } = process;
const app = createApp({ root: env["IAPEER_ROOT"] ?? "", env, flags: {} });
if (!app.ok) throw app.error;
const { host } = app.value;
const asked = new AbortController();
process.once("SIGTERM", () => asked.abort());
process.umask(0o077);
const ended = await runDaemon({
  host,
  lease: createLease(),
  createWatch: () => telling(createDeathWatch(host.config, host.clock, host.processes), host),
  listen: listenUnix,
  signal: asked.signal,
  onReady: () => void process.stderr.write("supervising\n"),
});
if (!ended.ok) throw ended.error;
process.exit(0);
