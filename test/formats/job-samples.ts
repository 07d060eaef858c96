// Jobs for the tests of plists and units, tame and hostile.

import fc from "fast-check";
import type { Personality, RuntimeName } from "../../src/core/names.ts";
import { daemonJob, peerJob, type JobPlace } from "../../src/core/service-job.ts";
import type { ServiceJob } from "../../src/core/service.ts";

export const PLACE: JobPlace = {
  root: "/home/you/.iapeer",
  program: ["/opt/bun", "/opt/iapeer/main.js"],
  build: "0.1.0-abc",
  home: "/home/you",
  path: "/usr/bin:/bin",
  lang: "C.UTF-8",
};

export const DAEMON: ServiceJob = daemonJob(PLACE);

export const PEER: ServiceJob = peerJob(PLACE, {
  personality: "bridge" as Personality,
  runtime: "telegram" as RuntimeName,
});

/** What XML, systemd and shells treat specially, and what might be taken for markup. */
const SPECIAL = [
  ..."&<>\"'`$%\\;#!*?~|(){}[]=: ".split(""),
  "%%",
  "%h",
  "$HOME",
  "${HOME}",
  "$$",
  "\\n",
  "\\x41",
  "&amp;",
  "]]>",
  "<!--",
  "</string>",
  "$(id)",
  "ü",
  "✓",
  "🦜",
  "\u2028",
  "-",
];

/** Text without control characters. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...SPECIAL), fc.string({ maxLength: 3, unit: "grapheme" })))
  .map((parts) => parts.join("").replaceAll(/\p{Cc}|\p{Cs}|[\uFDD0-\uFDEF\uFFFE\uFFFF]/gu, ""));

/** A path that no manager would cut at its end. */
const hostilePath = hostileText.map((text) => `/p/${text}x`);

export const hostileJob: fc.Arbitrary<ServiceJob> = fc
  .record({
    argv: fc.array(hostileText, { maxLength: 4 }),
    value: hostileText,
    cwd: hostilePath,
    log: hostilePath,
    root: hostilePath,
  })
  .map(({ argv, value, cwd, log, root }) => ({
    ...DAEMON,
    argv: ["/bin/echo", ...argv],
    env: { VALUE: value, PATH: "/bin" },
    cwd,
    root,
    stdout: log,
    stderr: log,
  }));

/** What a diagnosis reads of its plist or unit. */
export const shownOf = ({ argv: [program, script], env, stdout }: ServiceJob) => ({
  program: program ?? null,
  script: script?.startsWith("/") === true ? script : null,
  env,
  stdout,
  sessionType: null,
});
