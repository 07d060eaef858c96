#!/usr/bin/env bun
// A launchctl that behaves as public reports say the real one does (rules.ts), over state on disk
// and real processes: `launchctl.ts <state folder> <verb> …`.

import { mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { printDisabled, printDomain, printJob } from "./print.ts";
import { readPlist } from "./read-plist.ts";
import { State, writeJson, type Request } from "./state.ts";

const [dir = "", verb = "", ...args] = process.argv.slice(2);
const state = new State(dir);
const settings = state.settings();

function main(): number {
  switch (verb) {
    case "print":
      return print(args[0] ?? "");
    case "print-disabled":
      process.stdout.write(printDisabled(state.disabled()));
      return 0;
    case "enable":
    case "disable":
      return setDisabled(args[0] ?? "", verb === "disable");
    case "bootstrap":
      return bootstrap(args[0] ?? "", args[1] ?? "");
    case "bootout":
      return bootout(args);
    case "kickstart":
      return kickstart(args);
    default:
      return fail(64, `Unrecognized subcommand: ${verb}`);
  }
}

function fail(code: number, ...lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return code;
}

interface Target {
  readonly domain: string;
  readonly label: string | null;
}

function target(text: string): Target | null {
  const found = /^((?:gui|user)\/\d+)(?:\/([^/\s]+))?$/.exec(text);
  return found === null ? null : { domain: found[1] ?? "", label: found[2] ?? null };
}

/** Null: it is there. */
function domainCode(domain: string): number | null {
  const [kind, uid] = domain.split("/");
  const found = kind === "gui" ? settings.gui : settings.user;
  if (Number(uid) !== settings.uid || found === "absent") return 112;
  return found === "unsupported" ? 125 : null;
}

const inWords = (domain: string): string => domain.replace("/", ": ");

function print(text: string): number {
  const at = target(text);
  if (at === null) return fail(64, "Unrecognized target specifier.");
  const code = domainCode(at.domain);
  if (code === 112) {
    return fail(112, "Bad request.", `Could not find domain for user ${inWords(at.domain)}`);
  }
  if (code !== null) return fail(code, `Could not print domain: ${code}: ${UNSUPPORTED}`);
  if (settings.printsInstead !== undefined) {
    process.stdout.write(settings.printsInstead);
    return 0;
  }
  if (at.label === null) {
    process.stdout.write(printDomain(at.domain));
    return 0;
  }
  const status = state.status(at.domain, at.label);
  if (status === null) return notFound(at.domain, at.label);
  if (status.state === "exited" && state.looks(at.domain, at.label) < settings.cleanupLooks) {
    state.looked(at.domain, at.label);
  }
  process.stdout.write(printJob(status));
  return 0;
}

function notFound(domain: string, label: string): number {
  const where = `in domain for user ${inWords(domain)}`;
  return fail(113, "Bad request.", `Could not find service "${label}" ${where}`);
}

const UNSUPPORTED = "Domain does not support specified action";
const IO_ERROR = "Input/output error";
const IN_PROGRESS = "Boot-out failed: 36: Operation now in progress";

function setDisabled(text: string, value: boolean): number {
  const at = target(text);
  if (at === null || at.label === null) return fail(64, "Unrecognized target specifier.");
  state.setDisabled(at.label, value);
  return 0;
}

function bootstrap(domain: string, path: string): number {
  const refusal = bootstrapRefusal(domain, path);
  if (refusal !== null) {
    return fail(refusal.code, `Bootstrap failed: ${refusal.code}: ${refusal.words}`);
  }
  const plist = readPlist(path);
  const label = plist.Label;
  mkdirSync(state.jobDir(domain, label), { recursive: true });
  writeJson(join(state.jobDir(domain, label), "plist.json"), plist);
  state.writeStatus({
    domain,
    label,
    path,
    program: plist.ProgramArguments[0] ?? "",
    state: "not running",
    pid: null,
    runs: 0,
    lastExitCode: "(never exited)",
    lastSignal: null,
    keeper: null,
  });
  const keeper = join(import.meta.dir, "keeper.ts");
  Bun.spawn([process.execPath, keeper, dir, domain, label], {
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
    // Its folder is how a suite that was cut off finds it again.
    cwd: dir,
    env: { HOME: process.env["HOME"] ?? "/" },
  }).unref();
  return 0;
}

function bootstrapRefusal(domain: string, path: string): { code: number; words: string } | null {
  const code = domainCode(domain);
  if (code !== null) return { code: code === 112 ? 5 : code, words: UNSUPPORTED };
  const { times, code: busy } = settings.refuseBootstrap;
  if (times > 0) {
    state.set({ refuseBootstrap: { times: times - 1, code: busy } });
    return { code: busy, words: busy === 37 ? "Operation already in progress" : IO_ERROR };
  }
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { code: 5, words: IO_ERROR };
  if ((stat.mode & 0o022) !== 0) return { code: 122, words: "Path had bad ownership/permissions" };
  const label = basename(path, ".plist");
  if (state.disabled()[label] === true) return { code: 119, words: "Service is disabled" };
  if (state.isLoaded(domain, label)) return { code: 5, words: IO_ERROR };
  return null;
}

function bootout(words: readonly string[]): number {
  if (words.includes("--wait")) return fail(64, "Usage: launchctl bootout <domain-target> …");
  const at = target(words[0] ?? "");
  if (at === null) return fail(64, "Unrecognized target specifier.");
  const { domain, label } = at;
  if (label === null || !state.isLoaded(domain, label)) {
    return fail(3, "Boot-out failed: 3: No such process");
  }
  state.ask(domain, label, "bootout");
  return settings.bootoutInProgress ? fail(36, IN_PROGRESS) : 0;
}

function kickstart(words: readonly string[]): number {
  const kills = words.includes("-k");
  const at = target(words.at(-1) ?? "");
  if (at === null || at.label === null) return fail(64, "Unrecognized target specifier.");
  const { domain, label } = at;
  const code = domainCode(domain);
  if (code !== null) {
    return fail(code, `Could not kickstart service "${label}": ${code}: ${UNSUPPORTED}`);
  }
  const { times, code: busy } = settings.refuseKickstart;
  if (times > 0) {
    state.set({ refuseKickstart: { times: times - 1, code: busy } });
    return busy;
  }
  const status = state.status(domain, label);
  if (status === null) return notFound(domain, label);
  if (status.state.startsWith("SIG")) return 37;
  const request: Request = kills ? "kickstart -k" : "kickstart";
  state.ask(domain, label, request);
  return 0;
}

if (settings.hang.includes(verb)) await Bun.sleep(3_600_000);
const code = main();
state.log(`${[verb, ...args].join(" ")} -> ${code}`);
process.exit(code);
