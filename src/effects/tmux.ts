// Tmux: one server a socket, driven through the tmux program (ports/tmux.ts, lifecycle §7).

import type { Identity } from "../core/names.ts";
import { PANE_LOG_PIPE } from "../formats/tmux-conf.ts";
import { OWN_PANE, quoteTmux, tmuxArgument } from "../formats/tmux-quote.ts";
import { visibleText } from "../formats/visible-text.ts";
import type { PasteSpec, QueryOutcome, Tmux } from "../ports/tmux.ts";
import { clientEnv, QUERY_TIMEOUT_MS, run, type TmuxDeps } from "./tmux-client.ts";
import { newSession } from "./tmux-launch.ts";
import { probeSocket, socketListener } from "./tmux-socket.ts";

/** `wait-for`, hidden environment and `copy-mode -q` are there since. */
const OLDEST = [3, 2] as const;

export function createTmux(deps: TmuxDeps): Tmux {
  const { env } = deps;
  const tmuxPath = Bun.which(deps.tmuxPath, { PATH: env["PATH"] ?? "" }) ?? deps.tmuxPath;
  const client: TmuxDeps = { ...deps, tmuxPath, env: clientEnv(env) };
  let pastes = 0;
  return {
    version: () => version(client),
    newSession: (spec) => newSession(spec, client),
    probe: probeSocket,
    listener: socketListener,
    query: (socket, identity, format) => query(client, { socket, identity, format }),
    capture: (socket, identity, style) => {
      const command = ["capture-pane", style === undefined ? "-p" : "-pe", "-t"];
      return inOwnPane(client, { socket, identity, command });
    },
    paste: (spec) => paste(client, spec, `iapeer-${process.pid}-${(pastes += 1)}`),
    keys: (socket, identity, keys) => sendKeys(client, { socket, identity, keys }),
    openLog: (socket, identity) => openLog(client, socket, identity),
    signalChannel: (socket, channel) =>
      run(client, { socket, args: ["wait-for", "-S", channel] }),
  };
}

async function version(client: TmuxDeps): ReturnType<Tmux["version"]> {
  const { exec, tmuxPath, env } = client;
  const ran = await exec.run({ argv: [tmuxPath, "-V"], env, timeoutMs: QUERY_TIMEOUT_MS });
  if (ran.state === "not-executable") {
    return { state: "missing", detail: `${tmuxPath} is not there or cannot be run` };
  }
  const found = /^tmux (\S+)/.exec(ran.stdout)?.[1];
  if (ran.state !== "ok" || found === undefined) {
    const said = ran.stderr.trim() || ran.stdout.trim() || ran.state;
    return { state: "missing", detail: `${tmuxPath} -V does not answer like tmux: ${said}` };
  }
  if (isTooOld(found)) {
    const wanted = OLDEST.join(".");
    return { state: "missing", detail: `tmux ${found} is too old: ${wanted} or newer is needed` };
  }
  return { state: "ok", version: found };
}

/** A version without a number (`master`) is newer than all that have one. */
function isTooOld(found: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(found) ?? [];
  if (major === undefined || minor === undefined || found.startsWith("openbsd")) return false;
  return Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
}

interface PaneCall {
  readonly socket: string;
  readonly identity: Identity;
  /** Ends with `-t`; the target is added. */
  readonly command: readonly string[];
}

/** `=` asks for exactly this name, not for one that begins with it; `:` for its own window. */
const target = (identity: Identity): string => `=${identity}:`;

/** Another one may be the active one of its window. */
const ownPane = (identity: Identity): string => `${target(identity)}.${OWN_PANE}`;

const inOwnPane = (client: TmuxDeps, call: PaneCall): Promise<QueryOutcome> =>
  run(client, { socket: call.socket, args: [...call.command, ownPane(call.identity)] });

interface FormatCall {
  readonly socket: string;
  readonly identity: Identity;
  readonly format: string;
}

/** display-message answers even without the session: the name in front shows whose answer it is. */
async function query(client: TmuxDeps, call: FormatCall): Promise<QueryOutcome> {
  const { socket, identity } = call;
  const format = tmuxArgument(`#{session_name} ${call.format}`);
  const where = call.format.includes("#{pane_") ? ownPane(identity) : target(identity);
  const args = ["display-message", "-p", "-t", where, format];
  const asked = await run(client, { socket, args });
  if (asked.state !== "answered") return asked;
  const mine = `${identity} `;
  if (asked.text.startsWith(mine)) {
    return { state: "answered", text: asked.text.slice(mine.length).replace(/\n$/, "") };
  }
  return { state: "unknown", detail: `there is no session ${identity} on ${socket}` };
}

const DEAD = "dead";

/**
 * Commands for a pane whose process lives: tmux 3.3a crashes when it writes to a dead one. Copy
 * mode is left first, since keys would go to tmux itself there.
 */
function toLivePane(identity: Identity, commands: readonly string[], otherwise = ""): string[] {
  const pane = ownPane(identity);
  const live = [`copy-mode -q -t ${pane}`, ...commands].join(" ; ");
  const dead = `display-message -p ${DEAD}${otherwise}`;
  return ["if-shell", "-F", "-t", pane, "#{pane_dead}", dead, live].map(tmuxArgument);
}

function pressed(asked: QueryOutcome): QueryOutcome {
  if (asked.state !== "answered") return asked;
  return asked.text.trim() === DEAD
    ? { state: "unknown", detail: "the process in the pane has ended" }
    : { state: "answered", text: "" };
}

/** Control characters are shown, not sent: one of them could end the paste and press keys. */
async function paste(client: TmuxDeps, spec: PasteSpec, buffer: string): Promise<QueryOutcome> {
  const { socket, identity } = spec;
  const text = visibleText(spec.text);
  if (text === "") return pressed(await run(client, { socket, args: toLivePane(identity, []) }));
  const put = `paste-buffer -p -r -d -b ${buffer} -t ${ownPane(identity)}`;
  const forget = ` ; delete-buffer -b ${buffer}`;
  const args = ["load-buffer", "-b", buffer, "-", ";", ...toLivePane(identity, [put], forget)];
  return pressed(await run(client, { socket, args, stdin: text }));
}

/** A pane that has ended has nothing more to say, and tmux refuses it. */
const openLog = (client: TmuxDeps, socket: string, identity: Identity): Promise<QueryOutcome> =>
  run(client, { socket, args: ["pipe-pane", "-t", ownPane(identity), PANE_LOG_PIPE] });

interface KeysCall {
  readonly socket: string;
  readonly identity: Identity;
  readonly keys: readonly string[];
}

async function sendKeys(client: TmuxDeps, call: KeysCall): Promise<QueryOutcome> {
  const { socket, identity, keys } = call;
  const send = `send-keys -t ${ownPane(identity)} -- ${keys.map(quoteTmux).join(" ")}`;
  return pressed(await run(client, { socket, args: toLivePane(identity, [send]) }));
}
