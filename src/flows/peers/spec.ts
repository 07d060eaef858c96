// What a person asked for at `create`, checked and made into a profile (lifecycle §1, CLI
// contract). Every field is data: whatever it holds, it never becomes part of a command line.

import { isAbsolute, normalize } from "node:path";
import { IapeerError } from "../../core/error.ts";
import type { Intelligence, RuntimeName } from "../../core/names.ts";
import type { DeclaredCommand, Profile, WakePolicy } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { isEnvName } from "../../formats/launch-env.ts";
import { characters, DESCRIPTION_MAX } from "../../formats/profile-fields.ts";
import type { Host } from "../../ports/host.ts";
import type { Runtime } from "../../ports/runtime.ts";
import { checkPersonality, checkRuntime, nearest } from "../../rules/names.ts";

/** All but the name and the folder; what `create` and `init` have in common. */
export interface PeerTraits {
  readonly runtime: string;
  readonly description?: string;
  readonly intelligence?: Intelligence;
  readonly initialPrompt?: string;
  readonly wakePolicy?: WakePolicy;
  readonly alwaysOn?: boolean;
  /** argv after `--`, and the regular expression of `--ready`. */
  readonly command?: DeclaredCommand;
  readonly interfaces?: Readonly<Record<string, unknown>>;
  /** Absolute path. */
  readonly envFile?: string;
  /** `--env K=V` pairs, for this runtime's `launch.env`. */
  readonly env?: Readonly<Record<string, string>>;
}

export const usage = (code: string, what: string, next: string): IapeerError =>
  new IapeerError({ code, what, next, exit: 2 });

/** With a name that iapeer itself can take. */
export const badName = (what: string): IapeerError =>
  usage("bad-name", what, "for instance ada, or night-shift-2");

/** The profile that a name and traits come to. */
export function profileFor(
  host: Host,
  name: string,
  traits: PeerTraits,
): Result<Profile, IapeerError> {
  const personality = checkPersonality(name);
  if (!personality.ok) return err(badName(personality.error));
  const runtime = findRuntime(host, traits.runtime);
  if (!runtime.ok) return runtime;
  const against = textObjection(traits) ?? commandObjection(runtime.value, traits);
  if (against !== null) return err(against);
  return ok({
    personality: personality.value,
    runtimes: [runtime.value.name],
    default_runtime: runtime.value.name,
    description: traits.description ?? "",
    intelligence: traits.intelligence ?? runtime.value.traits.defaultIntelligence,
    ...(traits.initialPrompt === undefined ? {} : { initial_prompt: traits.initialPrompt }),
    wake_policy: traits.wakePolicy ?? "warm",
    // An infrastructure runtime is there to be reached at any time.
    always_on: traits.alwaysOn ?? runtime.value.traits.infrastructure,
    ...(traits.command === undefined ? {} : { command: traits.command }),
    interfaces: traits.interfaces ?? {},
    ...(traits.envFile === undefined ? {} : { env_file: traits.envFile }),
  });
}

/** For a peer of which nobody says in which runtime it is. */
export function firstAgentic({ runtimes }: Host): string {
  const agentic = [...runtimes.values()].find(({ traits }) => traits.agentic);
  return agentic?.name ?? "command";
}

export function findRuntime(host: Host, name: string): Result<Runtime, IapeerError> {
  const checked = checkRuntime(name);
  if (!checked.ok) return err(usage("bad-runtime", checked.error, "see iapeer create --help"));
  const runtime = host.runtimes.get(checked.value);
  if (runtime !== undefined) return ok(runtime);
  const known: readonly RuntimeName[] = [...host.runtimes.keys()];
  const meant = nearest(name, known);
  const next = meant === null ? `runtimes: ${known.join(", ")}` : `did you mean ${meant}?`;
  return err(usage("unknown-runtime", `no runtime is called ${JSON.stringify(name)}`, next));
}

/** Absolute, without `.`, `..`, doubled or trailing slashes. */
export function cleanPath(path: string): Result<string, IapeerError> {
  if (path.includes("\0")) {
    return err(usage("bad-path", "a path cannot hold a NUL character", "leave it out"));
  }
  if (!isAbsolute(path)) {
    const next = "begin it with /";
    return err(usage("bad-path", `${JSON.stringify(path)} is not an absolute path`, next));
  }
  const clean = normalize(path).replace(/(?<=.)\/+$/, "");
  return ok(clean);
}

/**
 * A peer's folder, as a program that runs in it is told by the kernel: what an agent has recorded
 * about it, and the folder that a person stands in, are found by this path.
 */
export function folderPath(host: Host, path: string): Result<string, IapeerError> {
  const clean = cleanPath(path);
  return clean.ok ? ok(host.files.realParent(clean.value)) : clean;
}

function textObjection(traits: PeerTraits): IapeerError | null {
  const length = characters(traits.description ?? "");
  if (length > DESCRIPTION_MAX) {
    const what = `the description has ${length} characters, ${DESCRIPTION_MAX} fit`;
    return usage("description-too-long", what, "shorten it; details belong in the doctrine");
  }
  for (const [key, value] of Object.entries(traits.env ?? {})) {
    if (!isEnvName(key)) {
      const next = "letters, digits and _, as in --env KEY=value";
      return usage("bad-env", `${JSON.stringify(key)} is not a variable's name`, next);
    }
    if (value.includes("\0")) {
      return usage("bad-env", `${key} holds a NUL character`, "leave it out");
    }
  }
  return null;
}

/** All others start a program of their own. */
export const takesProgram = ({ traits }: Runtime): boolean =>
  !traits.agentic && !traits.infrastructure;

function commandObjection(runtime: Runtime, traits: PeerTraits): IapeerError | null {
  const { command } = traits;
  if (command === undefined) return null;
  if (!takesProgram(runtime)) {
    const next = "use --runtime command, or leave out what follows --";
    return usage("command-not-taken", `${runtime.name} starts a program of its own`, next);
  }
  if (command.argv.some((word) => word.includes("\0"))) {
    return usage("bad-command", "an argument cannot hold a NUL character", "leave it out");
  }
  if ((command.argv[0] ?? "") === "") {
    return usage("bad-command", "the command is empty", "name a program behind --: -- /bin/cat");
  }
  return command.ready === undefined ? null : readyObjection(command.ready);
}

const READY_HINT = "for instance --ready 'listening on [0-9]+'";

function readyObjection(ready: string): IapeerError | null {
  try {
    const isEmpty = ready === "";
    new RegExp(ready);
    return isEmpty ? usage("bad-ready", "--ready is empty", READY_HINT) : null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return usage("bad-ready", `--ready is not a regular expression: ${why}`, READY_HINT);
  }
}
