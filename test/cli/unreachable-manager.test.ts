// A host whose systemctl finds no user manager: nothing changes hands to what cannot be reached,
// and a root that is recorded under it anyway is let go of by every verb that may.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { daemonJob } from "../../src/core/service-job.ts";
import { renderUnit } from "../../src/formats/systemd-unit.ts";
import { must } from "../flows/root-host.ts";
import { PLACE } from "../formats/job-samples.ts";
import { until, isRunning, Program } from "./program.ts";

const LIMIT_MS = 60_000;
const NO_BUS = "Failed to connect to bus: No medium found";

let program: Program;
let env: Readonly<Record<string, string>>;

beforeEach(() => {
  program = new Program();
  const systemctl = join(program.home, "systemctl");
  writeFileSync(systemctl, `#!/bin/sh\necho '${NO_BUS}' >&2\nexit 1\n`);
  chmodSync(systemctl, 0o755);
  env = { IAPEER_SYSTEMCTL: systemctl };
});
afterEach(async () => {
  await type("daemon", "install", "--manager", "embedded");
  await type("daemon", "stop");
  await program.close();
}, LIMIT_MS);

const type = (...words: readonly string[]) => program.run(words, { env });
/** Without a folder of its own no user manager runs, which `status` sees without asking it. */
const NONE_RUNS = !existsSync(`/run/user/${process.getuid?.() ?? 0}`);
const HINTING = [["doctor"], ["daemon", "status"], ["daemon", "start"]];

const record = () => join(program.root, "state/iapeer/manager.json");
const recorded = (): string | null =>
  existsSync(record()) ? JSON.parse(readFileSync(record(), "utf8")).manager : null;

/** As an older build has left it, or a copy of another host's root. */
function recordSystemd(): void {
  mkdirSync(dirname(record()), { recursive: true });
  const text = { version: 1, manager: "systemd", since: "2026-01-02T03:04:05.000Z", trace: [] };
  writeFileSync(record(), JSON.stringify(text));
}

const pidOf = async (): Promise<number> =>
  Number(JSON.parse((await type("daemon", "status", "--json")).out).pid ?? 0);

test(
  "a switch to it is refused, also in a preview, before anything is ended or written",
  async () => {
    expect(await type("daemon", "install")).toMatchObject({ code: 0 });
    const [pid, before] = [await pidOf(), readFileSync(record(), "utf8")];
    for (const more of [[], ["--preview"]]) {
      const refused = await type("daemon", "install", "--manager", "systemd", ...more);
      expect(refused.code).toBe(2);
      expect(refused.err).toContain(NO_BUS);
      expect(refused.err).toContain("nothing was ended or written");
      expect(refused.err).toContain("iapeer daemon install --manager embedded");
    }
    expect(readFileSync(record(), "utf8")).toBe(before);
    expect(await pidOf()).toBe(pid);
    expect(isRunning(pid)).toBe(true);
  },
  LIMIT_MS,
);

test(
  "recorded all the same: hints lead out, and the embedded manager takes over",
  async () => {
    await type("create", "p", "--", "/bin/cat");
    recordSystemd();
    const again = await type("daemon", "install");
    expect(again.code).toBe(2);
    expect(again.err).toContain("iapeer daemon install --manager embedded");
    for (const words of [...HINTING, ...(NONE_RUNS ? [["status"], ["why", "p"]] : [])]) {
      const { out, err } = await type(...words);
      expect(`${out}${err}`).toContain("iapeer daemon install --manager embedded");
    }
    const way = await type("daemon", "install", "--manager", "embedded");
    expect({ way, recorded: recorded() }).toMatchObject({
      way: { code: 0 },
      recorded: "embedded",
    });
  },
  LIMIT_MS,
);

test.each(["daemon uninstall --yes", "uninstall --yes"])(
  "recorded all the same: %s forgets it",
  async (line) => {
    await type("create", "p", "--", "/bin/cat");
    recordSystemd();
    expect(await type(...line.split(" "))).toMatchObject({ code: 0 });
    expect(recorded()).toBeNull();
  },
  LIMIT_MS,
);

test(
  "recorded all the same: a daemon in a terminal is ended by daemon stop, and taken over",
  async () => {
    await type("create", "p", "--", "/bin/cat");
    recordSystemd();
    const daemon = program.start(["daemon", "run"], { env });
    await until("the daemon", () => daemon.err.includes("supervising"));
    expect(await type("daemon", "install", "--manager", "embedded")).toMatchObject({ code: 0 });
    expect(await pidOf()).toBe(daemon.pid);
    recordSystemd();
    const stopped = await type("daemon", "stop");
    expect(stopped).toMatchObject({ code: 0 });
    if (NONE_RUNS) expect(stopped.err).not.toContain("next login");
    expect(await daemon.done()).toMatchObject({ code: 0 });
  },
  LIMIT_MS,
);

test(
  "with a unit of ours where a user manager may run, nothing is ended, deleted or forgotten",
  async () => {
    const folder = join(program.home, ".config/systemd/user");
    const unit = join(folder, "iapeer-daemon.service");
    await type("create", "p", "--", "/bin/cat");
    mkdirSync(folder, { recursive: true });
    writeFileSync(unit, must(renderUnit(daemonJob({ ...PLACE, root: program.root }))));
    mkdirSync(join(program.home, "run/systemd"), { recursive: true });
    env = { ...env, XDG_RUNTIME_DIR: join(program.home, "run") };
    recordSystemd();
    const lines = ["daemon install --manager embedded", "daemon uninstall --yes", "daemon stop"];
    for (const line of [...lines, "uninstall --yes"]) {
      const refused = await type(...line.split(" "));
      expect({ line, refused }).toMatchObject({ line, refused: { code: 1 } });
      expect(refused.err).toContain(NO_BUS);
    }
    expect({ recorded: recorded(), unit: existsSync(unit) }).toEqual({
      recorded: "systemd",
      unit: true,
    });
    // Its folder gone, no user manager runs: what is left of it are files.
    env = { ...env, XDG_RUNTIME_DIR: join(program.home, "none") };
    if (!NONE_RUNS) rmSync(unit);
    expect(await type("daemon", "uninstall", "--yes")).toMatchObject({ code: 0 });
    expect({ recorded: recorded(), unit: existsSync(unit) }).toEqual({
      recorded: null,
      unit: false,
    });
  },
  LIMIT_MS,
);
