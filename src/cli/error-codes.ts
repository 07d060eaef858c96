// What each stable code means, for docs/reference.md. A test keeps this list and the source in
// step: no code is undocumented, none is documented that cannot occur.

import { MEMORY_CHECKS } from "../diagnostics/memory-checks.ts";
import { SERVICE_CHECKS } from "../diagnostics/service-checks.ts";

export interface CodeMeaning {
  readonly code: string;
  readonly meaning: string;
}

const meanings = (table: Readonly<Record<string, string>>): readonly CodeMeaning[] =>
  Object.entries(table).map(([code, meaning]) => ({ code, meaning }));

/** Failures: `--debug` shows the code. */
export const ERROR_CODES: readonly CodeMeaning[] = meanings({
  "bad-command": "what follows -- cannot be run: empty, or with a NUL character",
  "bad-config": "the environment or config.json holds a value that cannot be used",
  "bad-env": "--env is not K=V with a name of letters, digits and _",
  "bad-env-file": "the file of --env-file cannot be used",
  "bad-folder-name": "no peer's name can be derived from the folder's",
  "bad-name": "not a peer's name: a letter, then a-z, 0-9 and -, at most 32 characters",
  "bad-path": "a path is not absolute, or holds a NUL character",
  "bad-ready": "--ready is no regular expression",
  "bad-runtime": "not a runtime's name",
  "cannot-launch": "the runtime refuses to start this peer as it is declared",
  "command-not-taken": "an argv was given to a runtime that starts a program of its own",
  "daemon-unclear": "the daemon did not say what came of it in time",
  "daemon-running": "another process supervises this root",
  "demo-failed": "a step of the demonstration did not come about",
  "description-too-long": "a description has at most 450 characters",
  "helper-not-started": "a restart from inside the daemon's own job could not be handed over",
  "folder-not-moved": "the peer has its new name, but its folder is where it was",
  "folder-refused": "one of iapeer's own folders is a symlink, no folder, or another user's",
  "folder-taken": "the folder belongs to another peer",
  internal: "a bug in iapeer: run it again with --debug and report it",
  interrupted: "Ctrl-C while waiting; the daemon goes on with what it was asked",
  "launch-env-not-written": "the variables of --env could not be written",
  "layout-newer": "the root was written by a newer iapeer",
  "layout-not-written": "the root's version could not be written",
  "layout-unreadable": "the root's version cannot be read",
  "lease-failed": "the right to supervise this root could not be taken",
  "manager-not-recorded": "which service manager holds the root could not be written down",
  "no-previous-version": "there is no version to go back to",
  "no-source": "there is no folder of iapeer's source to build from",
  "not-built": "the program could not be built from its source",
  "not-installed": "the program could not be put in its place",
  "not-removed": "something that install made could not be deleted",
  "nothing-installed": "update and rollback are for what install has put in place",
  "name-taken": "there is a peer of this name",
  "no-command": "the peer declares no argv for the command runtime",
  "no-daemon": "what was asked needs the daemon, and none runs",
  "no-memory-provider": "the memory slot is empty, or its file is ignored",
  "no-pane-log": "the peer has printed nothing yet",
  "no-start-record": "the record of a session's start cannot be read",
  "not-a-peer": "the folder is not a registered peer's",
  "peer-folder-refused": "the peer's folder is a symlink, no folder, or another user's",
  "peer-held": "another run-infra holds the peer",
  "peer-not-seen": "the peer is registered, but its state could not be read",
  "program-in-use": "a job of another root starts the program that was to go",
  "profile-not-written": "the peer's profile could not be written",
  "profile-renamed": "the folder's profile bears another name than its registered peer",
  "profile-unusable": "the peer's profile is missing, does not parse, or is another peer's",
  "provider-lacks-direction": "the memory provider declares no command for what was asked",
  "registry-busy": "another process holds the registry for too long",
  "registry-corrupt": "the registry does not parse",
  "registry-not-written": "the registry could not be written",
  "registry-unreadable": "the registry cannot be read",
  "root-not-yours": "the root is another user's",
  "runtime-not-added": "the peer has no such runtime",
  "sample-not-written": "the sample memory provider could not be written",
  "service-disabled": "the job is switched off, in Login Items or by a mask",
  "service-draining": "the job was asked to end and has not yet",
  "service-failed": "the service manager refused, or the job did not prove itself",
  "service-foreign": "the plist or unit is not this root's: it is left alone",
  "service-not-loaded": "the job is not loaded",
  "service-unknown": "what the service manager holds could not be told, so nothing was done",
  "session-left": "a session of an earlier peer of that name may still be running",
  "session-running": "the peer's session may still be running",
  "socket-path": "the daemon's socket cannot be where it belongs",
  "state-not-carried": "what is remembered about the peer could not take its new name",
  "tmux-missing": "tmux is not there, or too old",
  "unknown-peer": "no peer is called that",
  "unknown-runtime": "no runtime is called that",
  "update-unhealthy": "the new version is in place, and its daemon is not healthy",
  usage: "a verb, an option or a word was wrong",
});

/** Why a life verb was refused (lifecycle §3). */
export const REFUSALS: readonly CodeMeaning[] = meanings({
  alive: "a live session keeps its name: stop it first",
  asleep: "only a living session takes keys",
  "attach-nothing-to-resume": "the peer sleeps, and has no conversation to resume",
  "resume-nothing-to-resume": "--resume was asked for, and there is no conversation",
  stopped: "iapeer stop is in force until iapeer start",
  managed: "a service manager owns the peer: the daemon only reads it",
  "bad-message": "the message or the topic cannot be sent",
  "crash-loop": "the peer died too often in a short time; iapeer new tries again",
  "unknown-peer": "no peer is called that",
  "liveness-unknown": "whether it is alive could not be told, so nothing was done",
  doctrine: "the system prompt could not be composed or written",
  "ended-at-launch": "the process ended before it was ready",
  "foreign-server": "a tmux server that is not ours has the session's socket",
  "launch-env": "launch.env or the env file cannot be used",
  "launch-failed": "the session did not come up",
  "not-a-socket": "something that is no socket is in the socket's place",
  "not-ready": "it runs, but was not seen to be ready in time; it stays supervised",
  "runtime-refused": "the runtime refuses to start this peer as it is declared",
  "socket-path": "no socket can be where it belongs",
  "state-folder": "the generation's folder could not be made",
  "state-unwritable": "what has to be remembered could not be written, so nothing was done",
  survived: "processes would not end, not even by KILL",
  unknown: "who has the session's socket could not be told, so nothing was done",
  "unknown-runtime": "the peer has no such runtime",
  unreachable: "the session's tmux server did not take the keys",
  unsupported: "the runtime cannot do that",
});

/** What `iapeer status` and `iapeer doctor` find wrong. */
export const TROUBLES: readonly CodeMeaning[] = [
  ...meanings({
    "registry-unusable": "the registry does not parse or cannot be read",
    "daemon-not-running": "nobody supervises this root",
    "daemon-stale": "the daemon's last pass is older than two periods",
    "daemon-unknown": "the daemon's state cannot be told",
    "log-unwritable": "a log cannot be written",
    "crash-looped": "a peer died too often, and is not restarted",
    "liveness-unknown": "whether a peer is alive cannot be told",
  }),
  ...MEMORY_CHECKS.map(({ code, meaning }) => ({ code, meaning })),
  ...SERVICE_CHECKS.map(({ code, meaning }) => ({ code, meaning })),
];
