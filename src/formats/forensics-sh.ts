// What a canary looks at after a server's death (lifecycle §6), as sh: the tail of the pane's log
// without its secrets, and the state of the host, once for all that died together.

import type { CanaryFacts } from "./canary-script.ts";
import { REDACTION } from "./redaction-awk.ts";
import { assignments, quoteSh } from "./sh-quote.ts";

const TAIL_BYTES = 16_384;

/** Far below what one argument may hold. */
const NAMES_MAX = 32_768;

/** Values that the session was given are in the environment of the canary that launched it. */
function namesOf({ secretNames }: CanaryFacts): string {
  const names = secretNames.join(" ");
  return names.length > NAMES_MAX ? "" : names;
}

/** The last part of the canary's script: functions, then their use. */
export const renderForensics = (facts: CanaryFacts): string =>
  `
${assignments({
  redaction: REDACTION,
  deaths: facts.serverDeathsDir,
  pane_log: facts.paneLog,
  tail_bytes: TAIL_BYTES,
  home: facts.home,
  keep: facts.forensicsKeep,
  names: namesOf(facts),
})}
name_secret_files() {
  secret_tail ${facts.secretPaths.map(quoteSh).join(" ")}
}
${facts.platform === "linux" ? HOST_LINUX : HOST_DARWIN}${FUNCTIONS}`;

const HOST_LINUX = `
host_state() {
  for file in /proc/meminfo /proc/pressure/memory /proc/pressure/cpu /proc/pressure/io; do
    title "$file"
    [ ! -r "$file" ] || "$cat" "$file"
  done
  processes
  [ -n "$journalctl" ] && [ -n "$timeout" ] || return
  title 'kernel: out of memory, last 10 minutes'
  "$timeout" 3 "$journalctl" -k -q --no-pager --since=-10min |
    "$awk" 'tolower($0) ~ /out of memory|oom|killed process/' | "$tail" -n 40
}
`;

const HOST_DARWIN = `
host_state() {
  title vm_stat
  [ -z "$vm_stat" ] || "$vm_stat"
  title 'sysctl vm.swapusage'
  [ -z "$sysctl" ] || "$sysctl" vm.swapusage
  processes
  for folder in "$home/Library/Logs/DiagnosticReports" /Library/Logs/DiagnosticReports; do
    title "$folder"
    [ ! -d "$folder" ] || "$ls" -t "$folder" | "$head" -n 15
  done
}
`;

/**
 * Names of processes only: a command line may hold a secret. The first canary of a window of 10 s
 * makes a folder and looks at the host; a thousand of them at once would overload it.
 */
const FUNCTIONS = `
title() {
  printf '\\n== %s ==\\n' "$1"
}

processes() {
  title 'largest processes: pid, resident KB, name'
  "$ps" -A -o pid= -o rss= -o comm= | "$sort" -k2,2nr | "$head" -n 25
}

secret_tail() {
  for file do
    shift
    [ ! -f "$file" ] || [ ! -r "$file" ] || set -- "$@" "$file"
  done
  "$tail" -c "$tail_bytes" "$pane_log" | "$tr" -d '\\000' |
    "$awk" -v "names=$names" "$redaction" "$@" text=1 -
}

# The host is looked at first, since it changes; whoever comes second lets the others put their
# records in place before it looks at its own pane.
host_once() {
  window=$((epoch / 10))
  claim=$deaths/.host-$window
  if "$mkdir" "$claim"; then
    printf '%s\\n' "\${forensics##*/}" >"$claim/by"
    host_state
    forget_claims
    return
  fi
  pause 1
  by=
  [ ! -r "$claim/by" ] || read -r by <"$claim/by"
  [ -n "$by" ] || by='another file of this moment'
  title 'host'
  printf 'looked at once for all deaths of this moment: see %s\\n' "$by"
}

forget_claims() {
  "$ls" -a "$deaths" | while read -r name; do
    number=\${name#.host-}
    case $number in
      "$name" | '' | *[!0-9]*) ;;
      *) [ "$number" -ge "$window" ] || "$rm" -rf "$deaths/$name" ;;
    esac
  done
}

keep_newest() {
  kept=0
  "$ls" -t "$deaths" | while read -r name; do
    case $name in
      .* | *[!A-Za-z0-9._-]*) ;;
      *.txt)
        kept=$((kept + 1))
        [ "$kept" -le "$keep" ] || "$rm" -f "$deaths/$name"
        ;;
    esac
  done
}

[ -d "$deaths" ] || "$mkdir" -p "$deaths"
{
  printf '%s\\n' "$line"
  host_once
  title 'end of the pane'
  name_secret_files
} >"$forensics"
keep_newest
exit 0
`;
