// A job as a systemd user unit (service-manager contract, "systemd"): quoting by systemd.syntax
// and systemd.exec, and the marks by which a unit is known to be ours.

import { err, ok, type Result } from "../core/result.ts";
import type { ServiceJob } from "../core/service.ts";
import { parseJsonObject } from "./fields.ts";
import { jobObjections } from "./job-text.ts";
import type { FileMark } from "./launch-agent.ts";

const OPEN_FILES = 10_240;

/** The unit's text; the error names everything that cannot be written. */
export function renderUnit(job: ServiceJob): Result<string> {
  const against = [...jobObjections(job), ...rawObjections(job)];
  return against.length > 0 ? err(against.join("; ")) : ok(unitText(job));
}

function unitText(job: ServiceJob): string {
  const lines = [
    "[Unit]",
    `Description=${bare(job.description)}`,
    "StartLimitIntervalSec=300",
    "StartLimitBurst=10",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${started(job.argv).map(argument).join(" ")}`,
    `WorkingDirectory=${bare(job.cwd)}`,
    ...Object.entries(job.env).map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
    `Restart=${job.restart}`,
    `RestartSec=${job.throttleSecs}`,
    "KillMode=process",
    `TimeoutStopSec=${job.exitTimeoutSecs}`,
    `LimitNOFILE=${OPEN_FILES}:infinity`,
    "UMask=0077",
    "NotifyAccess=all",
    `StandardOutput=append:${bare(job.stdout)}`,
    `StandardError=append:${bare(job.stderr)}`,
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
    "[X-Iapeer]",
    "Managed=true",
    `Root=${JSON.stringify(job.root)}`,
    `Build=${JSON.stringify(job.build)}`,
    "",
  ];
  return lines.join("\n");
}

/** In double quotes, with C escapes; a percent sign begins a specifier everywhere. */
const word = (text: string): string =>
  `"${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll("%", "%%")}"`;

/** ExecStart also substitutes variables. */
const argument = (text: string): string => word(text).replaceAll("$", "$$$$");

/**
 * systemd takes a program's own path as it stands, without variables, and refuses quotes and
 * backslashes in it; the words after it can hold anything, so such a path is left to sh.
 */
const started = (argv: readonly string[]): readonly string[] =>
  /["'\\$]/.test(argv[0] ?? "") ? ["/bin/sh", "-c", 'exec "$0" "$@"', ...argv] : argv;

/** Values that are taken as they stand, but for specifiers. */
const bare = (text: string): string => text.replaceAll("%", "%%");

/** Such a value has no quoting: blanks around it are cut, a last backslash joins lines. */
function rawObjections(job: ServiceJob): readonly string[] {
  const raw = { "the folder": job.cwd, stdout: job.stdout, stderr: job.stderr };
  return Object.entries(raw)
    .filter(([, path]) => path.endsWith("\\") || path.trim() !== path)
    .map(([what, path]) => {
      return `${what} ${JSON.stringify(path)} ends in what systemd would cut off`;
    });
}

/** Whose a unit is, by its text alone. */
export function unitMark(text: string): FileMark {
  const marks = marksOf(text);
  if (marks.get("Managed") !== "true") {
    return { mark: "foreign", detail: "it has no Managed=true under [X-Iapeer]" };
  }
  const named = parseJsonObject(`{"root":${marks.get("Root") ?? ""}}`);
  const root = named.ok ? named.value["root"] : null;
  if (typeof root !== "string") return { mark: "foreign", detail: "it names no root" };
  return { mark: "ours", root };
}

/** By lines, since a regular expression takes U+2028 for the end of one. */
function marksOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n");
  const from = lines.indexOf("[X-Iapeer]") + 1;
  const marks = new Map<string, string>();
  if (from === 0) return marks;
  for (const line of lines.slice(from)) {
    if (line.startsWith("[")) break;
    const cut = line.indexOf("=");
    if (cut > 0) marks.set(line.slice(0, cut), line.slice(cut + 1));
  }
  return marks;
}
