// Units: every key of the contract; read by systemd's own checker with nothing to say, and hostile
// values given back as they were by an independent reading of systemd's quoting.

import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseJobFile } from "../../src/formats/job-shown.ts";
import { renderUnit, unitMark } from "../../src/formats/systemd-unit.ts";
import { DAEMON, hostileJob, PEER, shownOf } from "./job-samples.ts";

const RUNS = { seed: 20_261_125, numRuns: 200 };
const dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-unit-")));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const rendered = (job: typeof DAEMON): string => {
  const text = renderUnit(job);
  if (!text.ok) throw new Error(text.error);
  return text.value;
};

/** The words of one line, by systemd.syntax(7) and systemd.exec(5). */
function wordsOf(line: string, expands: boolean): string[] {
  const found = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner = ""]) => inner);
  expect(found.map((inner) => `"${inner}"`).join(" ")).toBe(line);
  return found.map((inner) => {
    const plain = inner.replaceAll(/\\(.)/g, "$1");
    const specifiers = plain.replaceAll("%%", "\0");
    expect(specifiers).not.toContain("%");
    const variables = specifiers.replaceAll("\0", "%");
    return expands ? variables.replaceAll("$$", "$") : variables;
  });
}

const valueOf = (text: string, key: string): string =>
  text
    .split("\n")
    .find((line) => line.startsWith(`${key}=`))
    ?.slice(key.length + 1) ?? "";

test("keys of the daemon and of a peer", () => {
  const daemon = rendered(DAEMON);
  for (const line of [
    "Type=exec",
    "Restart=always",
    "RestartSec=10",
    "KillMode=process",
    "TimeoutStopSec=20",
    "StartLimitIntervalSec=300",
    "StartLimitBurst=10",
    "UMask=0077",
    'Environment="LANG=C.UTF-8"',
    "WantedBy=default.target",
  ]) {
    expect(daemon.split("\n")).toContain(line);
  }
  expect(daemon).toMatch(/^LimitNOFILE=10240/m);
  expect(rendered(PEER)).toMatch(/^Restart=on-failure$/m);
  expect(rendered(PEER)).toMatch(/^RestartSec=30$/m);
});

test("hostile values come back as they were", () => {
  fc.assert(
    fc.property(hostileJob, (job) => {
      const text = rendered(job);
      expect(wordsOf(valueOf(text, "ExecStart"), true)).toEqual([...job.argv]);
      expect(text).toContain(`WorkingDirectory=${job.cwd.replaceAll("%", "%%")}\n`);
      const first = valueOf(text, "Environment");
      expect(wordsOf(first, false)).toEqual([`VALUE=${job.env["VALUE"]}`]);
      expect(unitMark(text)).toEqual({ mark: "ours", root: job.root });
      expect(parseJobFile(text)).toEqual(shownOf(job));
      const other = { ...job, argv: [job.root, job.cwd, ...job.argv] };
      expect(parseJobFile(rendered(other))).toEqual(shownOf(other));
    }),
    RUNS,
  );
});

describe("refused by name", () => {
  test.each(["/p\\", "/p ", "/p\t"])("a folder that ends in %j", (cwd) => {
    expect(renderUnit({ ...DAEMON, cwd }).ok).toBe(false);
  });

  test("a newline anywhere", () => {
    expect(renderUnit({ ...DAEMON, env: { A: "b\nExecStartPre=/bin/false" } })).toMatchObject({
      ok: false,
      error: expect.stringContaining("U+000A"),
    });
  });
});

test("ownership is told by the marks alone", () => {
  expect(unitMark(rendered(DAEMON))).toEqual({ mark: "ours", root: DAEMON.root });
  expect(unitMark("[Service]\nExecStart=/bin/true\n")).toMatchObject({ mark: "foreign" });
  const elsewhere = "[X-Iapeer]\n[Service]\nManaged=true\nRoot=\"/r\"\n";
  expect(unitMark(elsewhere)).toMatchObject({ mark: "foreign" });
  expect(unitMark('[X-Iapeer]\nRoot="/r"\n')).toMatchObject({ mark: "foreign" });
  expect(unitMark('Managed=true\nRoot="/r"\n')).toMatchObject({ mark: "foreign" });
  expect(unitMark("[X-Iapeer]\nManaged=true\n")).toMatchObject({ mark: "foreign" });
  expect(unitMark("[X-Iapeer]\nManaged=true\nRoot=7\n")).toMatchObject({ mark: "foreign" });
});

const analyze = Bun.which("systemd-analyze");
if (analyze === null) console.warn("skipped systemd-analyze verify: it is not installed");

test.skipIf(analyze === null)(
  "systemd-analyze --user verify has nothing to say",
  () => {
    const jobs = [DAEMON, PEER, ...fc.sample(hostileJob, { ...RUNS, numRuns: 25 })];
    const paths = jobs.map((job, index) => {
      const path = join(dir, `iapeer-${index}.service`);
      writeFileSync(path, rendered({ ...job, argv: ["/bin/true", ...job.argv.slice(1)] }));
      return path;
    });
    const ran = Bun.spawnSync(["systemd-analyze", "--user", "verify", ...paths], {
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: dir, XDG_RUNTIME_DIR: dir },
    });
    expect(ran.stderr.toString()).toBe("");
    expect(ran.exitCode).toBe(0);
  },
  30_000,
);

test.skipIf(analyze === null)("… and has something to say of a mistake", () => {
  const path = join(dir, "iapeer-mistake.service");
  writeFileSync(path, rendered({ ...DAEMON, argv: ["/bin/true"] }).replace("UMask=", "Umaks="));
  const ran = Bun.spawnSync(["systemd-analyze", "--user", "verify", path], {
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: dir, XDG_RUNTIME_DIR: dir },
  });
  expect(ran.stderr.toString()).toContain("Umaks");
});

test.skipIf(analyze === null)("a program's path may hold what systemd takes in no path", () => {
  const odd = join(dir, `a "b" 'c' \\d $HOME %h`);
  mkdirSync(odd);
  const program = join(odd, "prog");
  copyFileSync("/bin/true", program);
  chmodSync(program, 0o755);
  const text = rendered({ ...DAEMON, argv: [program, "$x", "%h"] });
  expect(parseJobFile(text)).toMatchObject({ program, script: null });
  const named = rendered({ ...DAEMON, argv: [program, `${odd}/main.ts`, "daemon", "run"] });
  expect(parseJobFile(named)).toMatchObject({ program, script: `${odd}/main.ts` });
  const path = join(dir, "iapeer-odd.service");
  writeFileSync(path, text);
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: dir, XDG_RUNTIME_DIR: dir };
  const ran = Bun.spawnSync(["systemd-analyze", "--user", "verify", path], { env });
  expect(ran.stderr.toString()).toBe("");
  expect(ran.exitCode).toBe(0);
  // By systemd's own reading of the words, it is that program which runs.
  const words = wordsOf(valueOf(text, "ExecStart"), true);
  expect(Bun.spawnSync(words).exitCode).toBe(0);
  // A dollar sign alone is no special character, and would be taken for two.
  const dollar = rendered({ ...DAEMON, argv: ["/opt/a$b/prog"] });
  expect(wordsOf(valueOf(dollar, "ExecStart"), true).at(-1)).toBe("/opt/a$b/prog");
  expect(valueOf(dollar, "ExecStart")).toStartWith('"/bin/sh"');
});
