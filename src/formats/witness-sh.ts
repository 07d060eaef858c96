// What the pane-died hook and the canary have in common (lifecycle §5): sh functions that look at
// memory, tell the time, and put an end record in place. For dash, bash --posix and macOS's
// bash 3.2; nothing here starts a process that could wait.

import type { GenerationPaths } from "../core/layout.ts";
import type { GenerationId, Identity } from "../core/names.ts";
import { OOM_BASE_FRESH_SECS } from "./oom-base.ts";
import { assignments } from "./sh-quote.ts";
import type { WitnessTools } from "./witness-tools.ts";

/** The same limit as in rules/verdict.ts, which a test compares. */
export const PRESSURE_HIGH_PERCENT = 20;

export interface WitnessFacts {
  readonly identity: Identity;
  readonly generation: GenerationId;
  readonly paths: Pick<GenerationPaths, "dir" | "start" | "end" | "canaryPid">;
  readonly socket: string;
  readonly exitsLog: string;
  readonly platform: "linux" | "darwin";
  readonly tools: WitnessTools;
  /** `oom_kill` of /proc/vmstat when the script is written; null where the kernel tells none. */
  readonly oomKills: number | null;
  /** Where the daemon keeps that count as of a moment ago. */
  readonly oomBase: string;
}

const TOOL_LINES = new WeakMap<WitnessTools, string>();

/** The same for every generation of a host. */
function toolLines(tools: WitnessTools): string {
  const known = TOOL_LINES.get(tools);
  if (known !== undefined) return known;
  const lines = assignments({ ...tools });
  TOOL_LINES.set(tools, lines);
  return lines;
}

/** The constants of both scripts; every tool is a variable of its name. */
export const witnessConstants = (facts: WitnessFacts): string =>
  toolLines(facts.tools) +
  assignments({
    identity: facts.identity,
    generation: facts.generation,
    dir: facts.paths.dir,
    end: facts.paths.end,
    socket: facts.socket,
    exits_log: facts.exitsLog,
    oom_kills: facts.oomKills ?? "",
    oom_base: facts.oomBase,
    oom_fresh: OOM_BASE_FRESH_SECS,
    pressure_high: PRESSURE_HIGH_PERCENT,
  });

export const WITNESS_FUNCTIONS = `
# Sets ts (RFC 3339, UTC, ms; .000 where date knows no fractions) and epoch (seconds).
tell_time() {
  ts=$("$date" -u '+%s %Y-%m-%dT%H:%M:%S.%3N')
  epoch=\${ts%% *}
  ts=\${ts#* }
  case $ts in
    *.[0-9][0-9][0-9]) ts=\${ts}Z ;;
    ????-??-??T??:??:??*) ts=\${ts%%.*}.000Z ;;
    *) ts=1970-01-01T00:00:00.000Z epoch=0 ;;
  esac
}

# True for a number that every sh can compare.
is_count() {
  case $1 in
    '' | *[!0-9]* | ????????????????*) return 1 ;;
  esac
}

# Sets oom, given how many processes the kernel has killed for memory: one that it has killed since
# the launch is the reason only if that was a moment ago, which the daemon's file tells while it is
# fresh. A count of that file above the kernel's own is of another boot.
judge_kills() {
  oom=not-seen
  [ "$1" -gt "$oom_kills" ] || return
  oom=unknown at= kills=
  [ ! -f "$oom_base" ] || read -r at kills key <"$oom_base"
  is_count "$at" && is_count "$kills" && [ "$kills" -le "$1" ] || return
  [ "$at" -le "$epoch" ] && [ "$at" -ge "$((epoch - oom_fresh))" ] || return
  oom=not-seen
  [ "$1" -le "$kills" ] || oom=seen
}

# Sets oom (seen, not-seen, unknown) and pressure (percent, or empty), as of epoch.
see_memory() {
  oom=unknown
  pressure=
  if [ -n "$oom_kills" ] && [ -r /proc/vmstat ]; then
    while read -r key count; do
      [ "$key" = oom_kill ] || continue
      ! is_count "$count" || judge_kills "$count"
      break
    done </proc/vmstat
  fi
  [ ! -r /proc/pressure/memory ] || read -r key pressure key </proc/pressure/memory
  pressure=\${pressure#avg10=}
  case $pressure in
    '' | . | *[!0-9.]* | *.*.* | .* | *.) pressure= ;;
  esac
}

# True when memory was short enough to be the likely reason.
memory_short() {
  [ "$oom" = seen ] || { [ -n "$pressure" ] && [ "\${pressure%%.*}" -ge "$pressure_high" ]; }
}

# Puts the record $1 in place. 0: it counts. 1: another was first. 2: it could not be written.
put_end() {
  draft=$dir/.end.$$
  printf '%s\\n' "$1" >"$draft"
  written=
  [ ! -r "$draft" ] || read -r written <"$draft"
  if [ "$written" = "$1" ] && "$ln" "$draft" "$end"; then
    return 0
  fi
  "$rm" -f "$draft"
  [ ! -e "$end" ] || return 1
  return 2
}

# One write; a log that cannot be written fails nothing, since the record is the truth. Only to a
# plain file: a fifo that nobody reads would keep us for ever.
append_exit() {
  [ ! -L "$exits_log" ] || return
  [ -f "$exits_log" ] || [ ! -e "$exits_log" ] || return
  printf '%s\\n' "$1" >>"$exits_log"
}
`;
