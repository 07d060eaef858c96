// `iapeer <runtime>`: starts the peer of this folder fresh, and attaches (lifecycle §3,
// `folder-launch`).

import { IapeerError } from "../../core/error.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { loadRegistry } from "../../flows/storage/registry.ts";
import type { App } from "../app.ts";
import { tell } from "../answer.ts";
import { ask, asker, commandLine } from "../ask.ts";
import { attachTo } from "../attach-terminal.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { quoted } from "../rooted.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, spec, terminal } = context;
  const { name: wanted } = spec;
  const peer = await peerHere(context, await context.app());
  if (!peer.runtimes.some((runtime) => runtime === wanted)) {
    throw new IapeerError({
      code: "runtime-not-added",
      what: `${peer.personality} has no runtime ${wanted}`,
      why: `it has ${peer.runtimes.join(", ")}`,
      next: commandLine(context, `add-runtime ${peer.personality} ${wanted}`),
      exit: 2,
    });
  }
  const request = { ...asker(context), runtime: wanted };
  const call = { personality: peer.personality, verb: "folder-launch", request } as const;
  const answer = await ask(context, call, "refuse");
  const exit = tell(context, answer);
  const isUp = answer.result === "woke" || answer.result === "already-alive";
  const isWatched = terminal.isTty && terminal.isInTty && !output.isJson && !args.has("detach");
  return isUp && isWatched ? attachTo(context, peer, answer) : exit;
}

async function peerHere({ cwd, spec }: VerbContext, { host }: App): Promise<RegistryEntry> {
  const registry = await loadRegistry(host);
  if (!registry.ok) throw registry.error;
  const peer = registry.value.peers.find((entry) => entry.cwd === cwd);
  if (peer !== undefined) return peer;
  const above = registry.value.peers.find((entry) => cwd.startsWith(`${entry.cwd}/`));
  const program = spec.name === "command" ? " -- PROGRAM" : "";
  throw new IapeerError({
    code: "not-a-peer",
    what: `${cwd} is not the folder of a peer`,
    ...(above === undefined ? {} : { why: `it is inside the folder of ${above.personality}` }),
    next:
      above === undefined
        ? `make it one: iapeer init --runtime ${spec.name}${program}`
        : `cd ${quoted(above.cwd)} && iapeer ${spec.name}`,
    exit: 2,
  });
}
