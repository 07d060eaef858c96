// Checks of this root's service manager (service-manager contract), as data: `doctor` runs them,
// and docs/reference.md lists them.

import { labelOf, WAY_OUT, type JobSeen } from "../core/service.ts";
import type { JobSurvey, ServiceSurvey } from "../flows/service/survey.ts";
import type { Check, Found } from "./finding.ts";

type ServiceCheck = Check<ServiceSurvey>;

const subjectOf = ({ id }: JobSurvey): string =>
  id.kind === "daemon" ? "daemon" : id.personality;

const seenOf = ({ answer }: JobSurvey): JobSeen | null => ("job" in answer ? answer.job : null);

/** The verb that puts a job right. */
const startOf = ({ id }: JobSurvey): string =>
  id.kind === "daemon" ? "iapeer daemon install" : `iapeer start ${id.personality}`;

/** One look at each job; null: nothing is wrong with it. */
const eachJob =
  (look: (job: JobSurvey, survey: ServiceSurvey) => Omit<Found, "subject"> | null) =>
  (survey: ServiceSurvey): readonly Found[] =>
    survey.jobs.flatMap((job) => {
      const found = look(job, survey);
      return found === null ? [] : [{ subject: subjectOf(job), ...found }];
    });

const isOurs = ({ owner }: JobSurvey): boolean => owner.owner === "ours";

/** What launchd gives a job that names no PATH. */
const MINIMAL_PATH = new Set(["/usr/bin", "/bin", "/usr/sbin", "/sbin"]);

const CRASH_RUNS = 5;
const WAITING = /spawn scheduled|auto-restart/;

export const SERVICE_CHECKS: readonly ServiceCheck[] = [
  {
    code: "manager-absent",
    severity: "error",
    meaning: "the service manager that an install has recorded is not on this host",
    find: ({ manager, isThere }) => {
      if (isThere) return [];
      const summary = `${manager} is recorded, and does not run here: it holds nothing`;
      return [{ subject: "service manager", summary, hint: WAY_OUT }];
    },
  },
  {
    code: "two-daemons",
    severity: "error",
    meaning: "the daemon's job is loaded twice, or another daemon answers in its place",
    find: eachJob((job, { daemon }) => {
      const seen = seenOf(job);
      if (job.id.kind !== "daemon" || seen === null) return null;
      const also = seen.alsoIn.join(", ");
      const hint = "iapeer daemon install leaves one of them";
      if (also !== "") return { summary: `also loaded in ${also}`, hint };
      if (daemon.pid === undefined || seen.pid === null || daemon.pid === seen.pid) return null;
      const summary = `pid ${daemon.pid} answers, and the job is pid ${seen.pid}`;
      return { summary, hint };
    }),
  },
  {
    code: "daemon-silent",
    severity: "error",
    meaning: "the service manager runs the daemon, and the daemon does not answer",
    find: eachJob((job, { daemon }) => {
      const pid = seenOf(job)?.pid ?? null;
      if (job.id.kind !== "daemon" || pid === null || daemon.state === "running") return null;
      const summary = `pid ${pid} runs, and is ${daemon.state}: ${daemon.reason ?? ""}`;
      return { summary, hint: "iapeer daemon restart" };
    }),
  },
  {
    code: "job-without-record",
    severity: "warn",
    meaning: "a plist or unit of this root is for a peer, or a daemon, that is not to be held",
    find: eachJob((job) => {
      if (!isOurs(job) || job.wanted) return null;
      const summary = `${job.file ?? "its file"} is held for nobody`;
      return { summary, hint: "iapeer daemon install drops it; iapeer daemon uninstall drops all" };
    }),
  },
  {
    code: "record-without-job",
    severity: "error",
    meaning: "what is to be held by the service manager has no plist or unit",
    find: eachJob((job, { manager, isThere }) => {
      if (!isThere || !job.wanted || job.owner.owner !== "absent") return null;
      if (job.down === "stopped") return null;
      return { summary: `${manager} is to hold it, and has no file for it`, hint: startOf(job) };
    }),
  },
  {
    code: "foreign-job",
    severity: "warn",
    meaning: "somebody else's plist or unit, or another root's, has the name of ours",
    find: eachJob(({ owner, file }) => {
      const hint = `look at ${file ?? "it"}; if nothing needs it, move it away`;
      if (owner.owner === "foreign") return { summary: owner.detail, hint };
      if (owner.owner !== "another-root") return null;
      return { summary: `it belongs to the root ${owner.root}`, hint };
    }),
  },
  {
    code: "job-disabled",
    severity: "error",
    meaning: "the job is switched off: in Login Items, by launchctl disable, or by a mask",
    find: eachJob((job) => {
      if (job.answer.state !== "disabled") return null;
      return { summary: job.answer.reason, hint: job.answer.next ?? startOf(job) };
    }),
  },
  {
    code: "wrong-session",
    severity: "warn",
    meaning: "the job runs in a session type in which agents lack the login keychain",
    find: eachJob((job) => {
      const hint = "log in at the screen, then: iapeer daemon install";
      const limit = job.shown?.sessionType ?? null;
      if (limit !== null) return { summary: `LimitLoadToSessionType is ${limit}`, hint };
      const domain = seenOf(job)?.domain ?? null;
      if (domain?.startsWith("user/") !== true) return null;
      return { summary: `it is loaded in ${domain}, not in the session at the screen`, hint };
    }),
  },
  {
    code: "minimal-path",
    severity: "warn",
    meaning: "the job's PATH is launchd's own, or leads to no tmux",
    find: eachJob((job) => {
      if (!isOurs(job) || job.shown === null) return null;
      const hint = "from a shell whose PATH has them: iapeer daemon install";
      const dirs = (job.shown.env["PATH"] ?? "").split(":").filter((dir) => dir !== "");
      const isMinimal = dirs.every((dir) => MINIMAL_PATH.has(dir));
      if (isMinimal) return { summary: "its PATH has only the system's own folders", hint };
      const lost = job.missing.filter((program) => !program.startsWith("/"));
      return lost.length === 0 ? null : { summary: `no ${lost.join(", ")} on its PATH`, hint };
    }),
  },
  {
    code: "program-missing",
    severity: "error",
    meaning: "the program that the job starts, or what it runs, is not there any more",
    find: eachJob((job) => {
      const lost = job.missing.filter((program) => program.startsWith("/"));
      if (lost.length === 0) return null;
      const hint = "from a checkout: iapeer install, then: iapeer daemon install";
      return { summary: `${lost.join(", ")} is gone`, hint };
    }),
  },
  {
    code: "missing-locale",
    severity: "warn",
    meaning: "the job has no UTF-8 locale: tmux then mangles what it prints",
    find: eachJob((job) => {
      if (!isOurs(job) || job.shown === null) return null;
      const { env } = job.shown;
      const locale = env["LC_ALL"] ?? env["LC_CTYPE"] ?? env["LANG"] ?? "";
      if (/utf-?8/i.test(locale)) return null;
      const summary = locale === "" ? "it has no LANG" : `its locale is ${locale}`;
      return { summary, hint: "iapeer daemon install" };
    }),
  },
  {
    code: "job-log-unwritable",
    severity: "error",
    meaning: "the job's output cannot be opened: launchd then starts nothing (exit code 78)",
    find: eachJob((job) => {
      if (job.logTrouble === null) return null;
      return { summary: job.logTrouble, hint: `put it right, then: ${startOf(job)}` };
    }),
  },
  {
    code: "loaded-elsewhere",
    severity: "error",
    meaning: "the job was loaded from another path than its plist or unit",
    find: eachJob((job) => {
      const path = seenOf(job)?.path ?? null;
      const { file } = job;
      if (path === null || file === null || job.owner.owner === "foreign") return null;
      if (path.replace(/^\/private/, "") === file.replace(/^\/private/, "")) return null;
      return { summary: `it is loaded from ${path}, not from ${file}`, hint: startOf(job) };
    }),
  },
  {
    code: "job-crash-loop",
    severity: "error",
    meaning: "the service manager starts the job again and again",
    find: eachJob((job) => {
      const seen = seenOf(job);
      if (seen === null || (seen.runs ?? 0) < CRASH_RUNS) return null;
      const failed = seen.lastExit !== null && !/^(?:0\b|\(never)/.test(seen.lastExit);
      const waits = seen.pid === null || WAITING.test(seen.activity ?? "");
      if (!failed || !(waits || (seen.runs ?? 0) >= CRASH_RUNS * 4)) return null;
      const summary = `run ${seen.runs} times, last exit ${seen.lastExit ?? "unknown"}`;
      const log = `${labelOf(job.id)}.log in logs/iapeer/jobs`;
      return { summary, hint: `the end of its log says why: ${log}` };
    }),
  },
  {
    code: "daemon-held-back",
    severity: "error",
    meaning: "the daemon failed to start too often, and waits before it tries again",
    find: ({ heldBack }) => {
      if (heldBack === null) return [];
      const why = heldBack.reason ?? "it crashed without a word";
      const summary = `${heldBack.failures} failed starts; the latest: ${why}`;
      return [{ subject: "daemon", summary, hint: "put it right, then: iapeer daemon restart" }];
    },
  },
  {
    code: "peer-given-up",
    severity: "error",
    meaning: "a held peer failed too often, and its holder gave up on it",
    find: eachJob((job) => {
      if (job.down !== "gave-up" || job.id.kind !== "peer") return null;
      const name = job.id.personality;
      const hint = `iapeer logs ${name} says why; iapeer new ${name} starts it again`;
      return { summary: "5 failures within 10 minutes", hint };
    }),
  },
  {
    code: "job-not-loaded",
    severity: "error",
    meaning: "the plist or unit is there, and the service manager has not loaded it",
    find: eachJob((job) => {
      if (!isOurs(job) || !job.wanted || job.down !== null) return null;
      if (job.answer.state !== "not-loaded") return null;
      return { summary: job.answer.reason, hint: startOf(job) };
    }),
  },
  {
    code: "job-draining",
    severity: "warn",
    meaning: "the job was asked to end and has not yet",
    find: eachJob((job) => {
      if (job.answer.state !== "draining") return null;
      return { summary: job.answer.reason, hint: "look again in half a minute" };
    }),
  },
  {
    code: "job-unknown",
    severity: "unknown",
    meaning: "the service manager does not say anything of the job",
    find: eachJob((job, { isThere }) => {
      if (job.answer.state !== "unknown" || !isThere) return null;
      return { summary: job.answer.reason, hint: job.answer.next ?? "iapeer daemon status" };
    }),
  },
];
