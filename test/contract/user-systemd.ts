// A real `systemd --user` of a test's own, where the machine lets one be started: in a mount
// namespace in which the system seems booted with systemd, and in a cgroup of its own.

import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../cli/program.ts";

const SYSTEMD = "/usr/lib/systemd/systemd";

/** sd_booted(3) looks for /run/systemd/system; the user manager wants a cgroup that it may use. */
const START = `
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 90
mount -t cgroup2 none /sys/fs/cgroup || exit 91
mkdir /sys/fs/cgroup/$CGROUP && echo $$ > /sys/fs/cgroup/$CGROUP/cgroup.procs || exit 92
exec ${SYSTEMD} --user --unit=basic.target
`;

export interface UserSystemd {
  /** For `systemctl --user`. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The error says why there is none here. */
export async function startUserSystemd(
  dir: string,
): Promise<{ ok: true; value: UserSystemd } | { ok: false; error: string }> {
  if (!existsSync(SYSTEMD)) return { ok: false, error: "systemd is not installed" };
  const runtime = join(dir, "xdg");
  const home = join(dir, "home");
  mkdirSync(runtime, { mode: 0o700 });
  mkdirSync(home, { recursive: true });
  const cgroup = `iap-test-${process.pid}`;
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(home, ".config"),
  };
  const child = Bun.spawn(["unshare", "-m", "--propagation", "private", "sh", "-c", START], {
    env: { ...env, CGROUP: cgroup },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const isUp = () =>
    Bun.spawnSync(["systemctl", "--user", "show", "--property=Version"], { env }).exitCode === 0;
  await until("systemd --user, or its end", () => child.exitCode !== null || isUp());
  if (child.exitCode !== null) {
    const said = (await new Response(child.stderr).text()).trim();
    return { ok: false, error: `systemd --user does not start here: ${said || child.exitCode}` };
  }
  const close = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await child.exited;
    clearTimeout(timer);
    removeCgroup(cgroup);
  };
  return { ok: true, value: { env, close } };
}

/** Empty by now; wherever the host has its second hierarchy. */
function removeCgroup(name: string): void {
  for (const root of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
    const top = join(root, name);
    if (existsSync(join(top, "cgroup.procs"))) removeDeep(top);
  }
}

function removeDeep(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeDeep(join(dir, entry.name));
  }
  rmdirSync(dir);
}
