// tmux.conf and the two witness scripts of a generation, written before its server starts.

import { pathsOf } from "./records.ts";
import type { LaunchSpec } from "./launch.ts";
import type { StartRecord } from "../../core/generation.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { renderCanaryScript } from "../../formats/canary-script.ts";
import { renderHookScript } from "../../formats/hook-script.ts";
import { renderTmuxConf } from "../../formats/tmux-conf.ts";
import { findWitnessTools, type WitnessTools } from "../../formats/witness-tools.ts";
import { oomKillsLately } from "../pressure.ts";
import type { Host } from "../../ports/host.ts";

export function writeWitnesses(host: Host, spec: LaunchSpec, start: StartRecord): Result<void> {
  const { identity, generation } = start;
  const { layout } = host;
  const paths = pathsOf(host, start);
  const tools = toolsOf(host);
  const paneLog = layout.paneLog(identity);
  const common = {
    identity,
    generation,
    paths,
    socket: spec.socket,
    exitsLog: layout.exitsLog,
    platform: host.facts.platform,
    tools,
    oomKills: oomKillsLately(host),
    oomBase: layout.oomBase,
  };
  const canary = renderCanaryScript({
    ...common,
    serverDeathsDir: layout.serverDeathsDir,
    paneLog,
    secretPaths: spec.secretPaths,
    secretNames: Object.keys(spec.launchEnv),
    home: host.facts.home,
    forensicsKeep: host.config.forensicsKeep,
  });
  const { hookScript, attached, pids } = paths;
  const conf = renderTmuxConf({ generation, paneLog, hookScript, attached, pids, tools });
  const texts: readonly (readonly [string, string])[] = [
    [paths.tmuxConf, conf],
    [paths.hookScript, renderHookScript(common)],
    [paths.canaryScript, canary],
  ];
  for (const [path, text] of texts) {
    // The folder is this launch's own, and nothing reads there before they are complete.
    const written = host.files.writeNew(path, text);
    if (written.state === "failed") return err(written.detail);
    if (written.state === "exists") return err(`${path} is there already`);
  }
  return ok(undefined);
}

const TOOLS = new WeakMap<Host, WitnessTools>();

/** Looked up once: where a system keeps `ps` does not change under a running daemon. */
function toolsOf(host: Host): WitnessTools {
  const known = TOOLS.get(host);
  if (known !== undefined) return known;
  const isFile = (path: string) => {
    const facts = host.files.stat(path);
    return facts.state === "ok" && (facts.kind === "file" || facts.kind === "symlink");
  };
  const folders = (host.facts.env["PATH"] ?? "").split(":");
  const found = findWitnessTools({ tmux: host.config.tmuxPath, folders, isFile });
  TOOLS.set(host, found);
  return found;
}
