// Everything a launch needs before anything is started: environment, doctrine, argv, a free
// socket, the generation's folder. Fails with words that a person can act on.

import { freeSocket } from "./socket.ts";
import { socketFor } from "./socket-for.ts";
import { pathsOf } from "./records.ts";
import type { LaunchSpec } from "./launch.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { GenerationId } from "../../core/names.ts";
import type { Presence, Registry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { WakeMode } from "../../core/states.ts";
import { composeFor, type LaunchEnvironment } from "../doctrine.ts";
import type { Host } from "../../ports/host.ts";
import type { Resumable, Runtime } from "../../ports/runtime.ts";

export interface PrepareSpec {
  readonly presence: Presence;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly generation: GenerationId;
  readonly mode: WakeMode;
  readonly cause: string;
  readonly resumable: Resumable | null;
  readonly environment: LaunchEnvironment;
  /** The last known life on this identity, which must be gone before the next. */
  readonly last: StartRecord | null;
}

export interface PrepareFailure {
  readonly cause: string;
  readonly detail: string;
  readonly next?: string;
}

export async function prepare(
  host: Host,
  spec: PrepareSpec,
): Promise<Result<LaunchSpec, PrepareFailure>> {
  const { presence, runtime } = spec;
  const socket = socketFor(host, presence.identity);
  if (!socket.ok) return err({ cause: "socket-path", detail: socket.error });
  const freed = await freeSocket(host, presence.identity, {
    socket: socket.value,
    start: spec.last,
  });
  if (!freed.ok) return err({ cause: freed.error.cause, detail: freed.error.detail });
  const made = host.files.makeFolder(pathsOf(host, ref(spec)).dir);
  if (made.state === "failed") return err({ cause: "state-folder", detail: made.detail });
  const doctrinePath = writeDoctrine(host, spec);
  if (!doctrinePath.ok) return err({ cause: "doctrine", detail: doctrinePath.error });
  const { env, secretPaths } = spec.environment;
  const plan = runtime.launch({
    identity: presence.identity,
    peer: presence.peer,
    mode: spec.mode,
    ...(spec.resumable === null ? {} : { resumable: spec.resumable }),
    ...(doctrinePath.value === null ? {} : { doctrinePath: doctrinePath.value }),
    launchEnv: env,
    home: host.facts.home,
  });
  if ("refused" in plan) {
    const { refused: detail, next } = plan;
    return err({ cause: "runtime-refused", detail, next });
  }
  const { generation, mode, cause } = spec;
  const found = { socket: socket.value, launchEnv: env, secretPaths };
  return ok({ presence, generation, mode, cause, plan, ...found });
}

const ref = (spec: PrepareSpec) => ({
  identity: spec.presence.identity,
  generation: spec.generation,
});

/** Null when the runtime takes none. A layer that could not be read is reported, not fatal. */
function writeDoctrine(host: Host, spec: PrepareSpec): Result<string | null> {
  if (!spec.runtime.traits.usesDoctrine) return ok(null);
  const composed = composeFor(host, spec.presence, spec.registry);
  for (const warning of composed.warnings) {
    const { identity } = spec.presence;
    host.log.write("lifecycle", { ev: "doctrine", fields: { identity, detail: warning } });
  }
  if (composed.text === null) return ok(null);
  const { filesDir } = pathsOf(host, ref(spec));
  const made = host.files.makeFolder(filesDir);
  if (made.state === "failed") return err(made.detail);
  const path = `${filesDir}/doctrine.md`;
  const written = host.files.writeAtomic(path, composed.text);
  return written.state === "failed" ? err(written.detail) : ok(path);
}
