// `iapeer logs`: what a peer's terminal printed, from its pane log (lifecycle §7).

import { IapeerError } from "../../core/error.ts";
import { identityOf, type Identity, type Personality } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { usableRegistry } from "../../flows/peers/find.ts";
import type { Host } from "../../ports/host.ts";
import { commandFor } from "../../rules/presence-command.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { leavingsIn, pastEvents } from "../event-log.ts";
import { Follower } from "../follow.ts";
import { commandAbout, peerNamed, runtimeOf } from "../look.ts";
import { nameNow, namesOfBearer } from "../names-then.ts";
import { visibleLines } from "../render/text.ts";

const SHOWN = 50;
const POLL_MS = 200;
/** How much of the log's end is looked at for the last lines, at first and at most. */
const TAIL_BYTES = 256 * 1024;
const TAIL_BYTES_MAX = 64 * 1024 * 1024;

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output, terminal } = context;
  const { host } = await context.app();
  const peer = peerNamed(await context.app(), args.required(0));
  const asked = runtimeOf(peer, args.text("runtime"));
  const count = args.count("lines") ?? SHOWN;
  const identity = printedBy(host, peer, asked);
  const path = host.layout.paneLog(identity);
  const follower = new Follower(host.files, path, bytesFor(host, path, count));
  const stat = host.files.stat(path);
  if (count > 0 && stat.state === "ok" && stat.size === 0) {
    // Of a program that printed nothing there would be no word at all.
    output.note(`the log of ${identity} is empty; next: iapeer why ${peer.personality}`);
  }
  print(context, lastLines(follower.poll(), count));
  if (!args.has("follow")) return 0;
  for (let missed = 0; !terminal.interrupted.aborted; ) {
    await host.clock.sleep(POLL_MS, terminal.interrupted);
    print(context, follower.poll());
    missed = host.files.stat(path).state === "missing" && isNoPeer(host, peer) ? missed + 1 : 0;
    // A rename is told of once its folder has moved, a moment later.
    if (missed > 1) throw noLonger(host, peer, identity);
  }
  return 0;
}

/** A log that is gone comes again with the next life, unless its peer was renamed or removed. */
function isNoPeer(host: Host, { personality }: RegistryEntry): boolean {
  const registry = usableRegistry(host);
  return registry.ok && !registry.value.peers.some((peer) => peer.personality === personality);
}

function noLonger(host: Host, was: RegistryEntry, identity: Identity): IapeerError {
  const registry = usableRegistry(host);
  const peers = registry.ok ? registry.value.peers : [];
  const name = nameNow(was.personality, leavingsIn(host.files, host.layout));
  const now =
    peers.find(({ cwd }) => cwd === was.cwd) ??
    peers.find(({ personality }) => personality === name);
  return new IapeerError({
    code: "unknown-peer",
    what: `${was.personality} is no longer a peer`,
    ...(now === undefined ? {} : { why: `it is called ${now.personality} now` }),
    next:
      now === undefined
        ? "iapeer list shows the peers"
        : `${commandAbout("logs", now, identity)} -f`,
  });
}

/** The presence whose pane log to read: the default runtime's, else any that has printed. */
function printedBy(host: Host, peer: RegistryEntry, asked: string | undefined): Identity {
  const runtimes = peer.runtimes.filter((name) => asked === undefined || name === asked);
  const first = runtimes.filter((name) => name === peer.default_runtime);
  const identities = [...first, ...runtimes].map((name) => identityOf(name, peer.personality));
  const found = identities.find((id) => host.files.stat(host.layout.paneLog(id)).state === "ok");
  if (found !== undefined) return found;
  const { personality, default_runtime: defaultRuntime } = peer;
  const wasTried = isTried(host, personality);
  const runtime = first[0] ?? runtimes[0] ?? defaultRuntime;
  const wake = commandFor("wake", { personality, runtime, defaultRuntime });
  throw new IapeerError({
    code: "no-pane-log",
    what: `${personality} has printed nothing yet`,
    why: wasTried
      ? "its launch failed before that, or its log was removed for its age"
      : "it has never run, or its log was removed for its age",
    next: wasTried ? `iapeer why ${personality}` : wake,
  });
}

/** Somebody has tried to launch it, with whatever success. */
function isTried({ files, layout }: Host, peer: Personality): boolean {
  const about = { names: namesOfBearer(peer, leavingsIn(files, layout)) };
  return pastEvents(files, layout, { about }).events.some(({ ev }) => ev === "wake");
}

/** Enough for so many whole lines, or all there is. */
function bytesFor(host: Host, path: string, count: number): number {
  for (let bytes = TAIL_BYTES; bytes < TAIL_BYTES_MAX; bytes *= 4) {
    const tail = host.files.readTail(path, bytes);
    const stat = host.files.stat(path);
    if (tail.state !== "ok" || stat.state !== "ok" || stat.size <= bytes) return bytes;
    if (tail.text.split("\n").length > count + 1) return bytes;
  }
  return TAIL_BYTES_MAX;
}

function lastLines(text: string, count: number): string {
  const isEnded = text.endsWith("\n");
  const lines = (isEnded ? text.slice(0, -1) : text).split("\n");
  const last = count === 0 ? [] : lines.slice(-count);
  return last.length === 0 ? "" : `${last.join("\n")}${isEnded ? "\n" : ""}`;
}

/** Control sequences are taken out: they would redraw, or worse, the terminal they are read on. */
function print({ args, output, terminal }: VerbContext, text: string): void {
  if (text === "") return;
  if (args.has("raw") && !output.isJson) {
    terminal.out(text);
    return;
  }
  const plain = visibleLines(Bun.stripANSI(text).replace(/\r+(?=\n|$)/g, ""));
  const lines = plain.replace(/\n$/, "").split("\n");
  for (const line of lines) output.json({ schema: "iapeer.log-line.v1", line });
  if (!output.isJson) terminal.out(plain.endsWith("\n") ? plain : `${plain}\n`);
}
