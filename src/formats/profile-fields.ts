// The fields that a profile and a registry entry share, with the defaults of storage.md and
// lifecycle §1 for those that are missing.

import type { Intelligence, RuntimeName } from "../core/names.ts";
import type { DeclaredCommand, Profile, WakePolicy } from "../core/profile.ts";
import { type Check, type Fields, type Loose, oneOf, withoutUndefined } from "./fields.ts";
import { FILLED_TEXT, NUL_FREE, PERSONALITY, RUNTIME } from "./name-checks.ts";

export const DESCRIPTION_MAX = 450;

/** Declared argv is this runtime's whole definition, so a profile that has it needs one. */
const DECLARED = "command";

/** Lifecycle §1; a runtime that is not named here has no mind of its own. */
const INTELLIGENCE = new Map<string, Intelligence>([
  ["claude", "artificial"],
  ["codex", "artificial"],
  ["telegram", "natural"],
]);

export const defaultIntelligence = (runtime: RuntimeName): Intelligence =>
  INTELLIGENCE.get(runtime) ?? "absent";

const KIND = oneOf<Intelligence>({ artificial: true, natural: true, absent: true });
const POLICY = oneOf<WakePolicy>({ warm: true, ephemeral: true });

/** Characters are counted as people do: an emoji outside the basic plane is one. */
export const characters = (text: string): number => Array.from(text).length;

const DESCRIPTION: Check<string> = {
  form: `text of at most ${DESCRIPTION_MAX} characters`,
  accepts: (text): text is string =>
    text.length <= DESCRIPTION_MAX || characters(text) <= DESCRIPTION_MAX,
};

const READY: Check<string> = {
  form: "a regular expression",
  accepts: (text): text is string => {
    try {
      return new RegExp(text) instanceof RegExp;
    } catch {
      // Not a regular expression: said by the caller, with the field's name.
      return false;
    }
  },
};

/** Also checks what the fields must agree upon; ask `fields.done` whether all is well. */
export function readProfile(fields: Fields): Profile {
  const personality = fields.text("personality", PERSONALITY);
  const runtimes = runtimesOf(fields);
  const default_runtime = defaultRuntimeOf(fields, runtimes);
  return withoutUndefined<Profile>({
    personality,
    runtimes,
    default_runtime,
    description: fields.textIf("description", DESCRIPTION) ?? "",
    intelligence: fields.textIf("intelligence", KIND) ?? defaultIntelligence(default_runtime),
    initial_prompt: fields.textIf("initial_prompt"),
    wake_policy: fields.textIf("wake_policy", POLICY) ?? "warm",
    always_on: fields.boolean("always_on", false),
    command: commandOf(fields, runtimes),
    interfaces: fields.objectIf("interfaces", (inner) => inner.source) ?? {},
    env_file: fields.textIf("env_file", FILLED_TEXT),
  });
}

function runtimesOf(fields: Fields): RuntimeName[] {
  const runtimes = fields.list("runtimes", (item, key) => fields.textAt(key, item, RUNTIME));
  if (runtimes.length === 0) fields.reject("runtimes", "a peer has at least one runtime");
  if (runtimes.length > 1 && new Set(runtimes).size < runtimes.length) {
    fields.reject("runtimes", "a runtime is named twice");
  }
  return runtimes;
}

function defaultRuntimeOf(fields: Fields, runtimes: readonly RuntimeName[]): RuntimeName {
  const chosen = fields.textIf("default_runtime", RUNTIME) ?? runtimes[0] ?? ("" as RuntimeName);
  if (!runtimes.includes(chosen)) {
    fields.reject("default_runtime", `"${chosen}" is not among runtimes (${runtimes.join(", ")})`);
  }
  return chosen;
}

function commandOf(
  fields: Fields,
  runtimes: readonly RuntimeName[],
): DeclaredCommand | undefined {
  if (fields.source["command"] === undefined) {
    if (runtimes.some((runtime) => runtime === DECLARED)) {
      fields.reject("command", `the ${DECLARED} runtime needs "command": {"argv": […]}`);
    }
    return undefined;
  }
  return fields.object("command", (command) => {
    const argv = command.list("argv", (item, key) => command.textAt(key, item, NUL_FREE));
    if (argv.length === 0 || argv[0] === "") {
      command.reject("argv", "expected a program and its arguments");
    }
    return withoutUndefined<DeclaredCommand>({ argv, ready: command.textIf("ready", READY) });
  });
}

/** In the order in which a profile is written. */
export function orderedProfile(profile: Profile): Loose<Profile> {
  return {
    personality: profile.personality,
    runtimes: profile.runtimes,
    default_runtime: profile.default_runtime,
    description: profile.description,
    intelligence: profile.intelligence,
    initial_prompt: profile.initial_prompt,
    wake_policy: profile.wake_policy,
    always_on: profile.always_on,
    command: profile.command,
    interfaces: profile.interfaces,
    env_file: profile.env_file,
  };
}

const KNOWN_KEYS: Readonly<Record<keyof Profile, true>> = {
  personality: true,
  runtimes: true,
  default_runtime: true,
  description: true,
  intelligence: true,
  initial_prompt: true,
  wake_policy: true,
  always_on: true,
  command: true,
  interfaces: true,
  env_file: true,
};

export const isProfileKey = (key: string): boolean => Object.hasOwn(KNOWN_KEYS, key);
