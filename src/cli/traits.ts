// The options of `create` and `init`, read into what a peer is declared to be.

import { resolve } from "node:path";
import type { Intelligence } from "../core/names.ts";
import type { WakePolicy } from "../core/profile.ts";
import type { PeerTraits } from "../flows/peers/spec.ts";
import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";

/** Only what was given; the flow knows the defaults. */
export function traitsOf({ args, cwd }: VerbContext): Partial<PeerTraits> {
  const runtime = args.text("runtime") ?? (args.argv.length > 0 ? "command" : undefined);
  const wakePolicy = args.oneOf("wake-policy", WAKE_POLICIES);
  const intelligence = args.oneOf("intelligence", INTELLIGENCES);
  const envFile = args.text("env-file");
  const ready = args.text("ready");
  if (ready !== undefined && args.argv.length === 0) {
    throw usage("--ready is for a command, and none follows --", "… --ready REGEX -- argv…");
  }
  return defined({
    runtime,
    description: args.text("description"),
    intelligence,
    initialPrompt: args.text("initial-prompt"),
    wakePolicy,
    alwaysOn: args.has("always-on") ? true : undefined,
    command: args.argv.length === 0 ? undefined : { argv: args.argv, ...defined({ ready }) },
    interfaces: interfacesOf(args.list("interface")),
    envFile: envFile === undefined ? undefined : resolve(cwd, envFile),
    env: envOf(args.list("env")),
  });
}

const WAKE_POLICIES: readonly WakePolicy[] = ["warm", "ephemeral"];
const INTELLIGENCES: readonly Intelligence[] = ["artificial", "natural", "absent"];

function envOf(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  const env = new Map<string, string>();
  for (const pair of pairs) {
    const cut = pair.indexOf("=");
    // The pair may hold a secret, so a bad one is not repeated.
    if (cut < 1) throw usage("--env takes K=V", "for instance --env LANG=C.UTF-8");
    env.set(pair.slice(0, cut), pair.slice(cut + 1));
  }
  return Object.fromEntries(env);
}

/** `telegram`, `telegram=@name`, `telegram={"chat":1}`. */
function interfacesOf(given: readonly string[]): Record<string, unknown> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const [, name, , value] = /^([a-z][a-z0-9-]*)(=(.*))?$/s.exec(text) ?? [];
      if (name === undefined) {
        const next = "for instance --interface telegram=@name";
        throw usage(`--interface takes NAME or NAME=VALUE, not ${text}`, next);
      }
      return [name, value === undefined ? {} : jsonOrText(value)];
    }),
  );
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON, so it is meant as it stands.
    return value;
  }
}

/** Without the fields that are undefined. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
