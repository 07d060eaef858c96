// The canary (lifecycle §6): a small sh outside a tmux server that waits for the server's end and
// records it when nobody else has. It observes, and does nothing else.

import { LOOK_DARWIN, LOOK_LINUX } from "./canary-look.ts";
import { renderForensics } from "./forensics-sh.ts";
import { renderValue } from "./logfmt.ts";
import { WITNESS_FUNCTIONS, type WitnessFacts, witnessConstants } from "./witness-sh.ts";
import { assignments, quoteSh } from "./sh-quote.ts";

export interface CanaryFacts extends WitnessFacts {
  readonly serverDeathsDir: string;
  readonly paneLog: string;
  /** Files of `KEY=VALUE` lines whose values must not show; read when the server has died. */
  readonly secretPaths: readonly string[];
  /** Variables that came from them at the launch; the files may say something else by then. */
  readonly secretNames: readonly string[];
  readonly home: string;
  /** How many forensics files are kept. */
  readonly forensicsKeep: number;
}

/** The channel on which a canary waits; `tmux wait-for -S` on it wakes the canary. */
export const canaryChannel = (identity: string): string => `iap-canary-${identity}`;

/** Where one generation's canary writes what it saw. */
export const forensicsPath = (
  facts: Pick<CanaryFacts, "identity" | "generation" | "serverDeathsDir">,
): string => `${facts.serverDeathsDir}/${facts.generation}-${facts.identity}.txt`;

/**
 * Run detached, as `sh <script>` for a server that start.json names by pid and start time, or as
 * `sh <script> <arguments of tmux new-session>` to bring the server up as well. What is needed
 * only at a death comes last: sh reads its script as it goes, so a waiting canary has not even
 * parsed it.
 */
export function renderCanaryScript(facts: CanaryFacts): string {
  const { paths, tools } = facts;
  const forensics = forensicsPath(facts);
  const channel = canaryChannel(facts.identity);
  const early = assignments({
    tmux: tools.tmux,
    sleep: tools.sleep,
    ps: tools.ps,
    date: tools.date,
    socket: facts.socket,
    channel,
    generation: facts.generation,
    dir: paths.dir,
    start: paths.start,
    end: paths.end,
    canary_pid: paths.canaryPid,
  });
  const late = assignments({
    forensics,
    forensics_json: JSON.stringify(forensics),
    forensics_logfmt: renderValue(forensics),
  });
  const look = facts.platform === "linux" ? LOOK_LINUX : LOOK_DARWIN;
  return `# Records the end of one tmux server; written by iapeer (docs/reference.md).
${launcher(tools.tmux, channel)}${early}${PROLOGUE}${look}${WATCH}
${witnessConstants(facts)}${late}${WITNESS_FUNCTIONS}${RECORD}${renderForensics(facts)}`;
}

/** The last line of a launcher that ended before it had so much as a process for tmux. */
export const TMUX_NOT_RUN = "iapeer: tmux was not run";

/**
 * With arguments the script is the launcher of the server: they are those of `tmux new-session`,
 * and the client that brings the server up goes on waiting in it, which saves one client a
 * session. Up to then nothing is changed that the session would inherit: no umask, and no variable
 * but those of names that no program has, since a session's own may have any other.
 * A foreground child would keep a trap waiting for its end, so every child is in the background.
 * What a refused launch has to say comes the way of its answer, on descriptor 3, and so does what
 * a shell has to say that cannot fork. That one exits: with no child yet, tmux was never run.
 */
const launcher = (tmux: string, channel: string): string => `
iap_client= iap_launching= iap_begun=
dismissed() {
  trap '' TERM INT HUP
  [ -n "$iap_begun" ] || iap_client=$!
  [ -z "$iap_client" ] || kill "$iap_client"
  exit 0
}
trap dismissed TERM INT HUP
if [ $# -gt 0 ]; then
  iap_launching=1
  trap '[ -n "$!" ] || echo "${TMUX_NOT_RUN}" >&3' EXIT
  {
    ${quoteSh(tmux)} "$@" ';' wait-for ${quoteSh(channel)} >&3 2>&1 3>&- &
    iap_client=$!
  } 2>&3
fi
iap_begun=1
`;

const PROLOGUE = `
umask 077
LC_ALL=C TZ=UTC0
export LC_ALL TZ
exec </dev/null >/dev/null 2>&1 3>&-
cd /
set -f
`;

/**
 * The pid file is one write into a new file, without a child to rename it: a reader in between
 * finds it empty, which is the same as not yet there.
 */
const WATCH = `
look $$
printf '{"pid":%s,"start":"%s"}\\n' $$ "$started" >"$canary_pid"

# Sets server_pid and server_start from start.json, which is one line; text in it has its quotes
# escaped, so the mark cannot be part of a value.
read_start() {
  record= mark='"server":{"pid":'
  [ ! -r "$start" ] || read -r record <"$start"
  case $record in
    *"$mark"*) record=\${record#*"$mark"} ;;
    *) return ;;
  esac
  pid=\${record%%,*} mark='"start":"'
  record=\${record#*"$mark"}
  case $pid in
    '' | *[!0-9]*) return ;;
  esac
  server_pid=$pid server_start=\${record%%\\"*}
}

# Without a known pid: whoever answers on the socket is ours only with our stamp.
ask_stamp() {
  state=unknown
  answer=$("$tmux" -S "$socket" display-message -p '#{@iapeer_generation}' 2>&1)
  code=$?
  case $answer in
    "$generation") state=alive ;;
    'no server running on '* | *'(Connection refused)' | *'(No such file or directory)')
      state=dead ;;
    *) [ "$code" != 0 ] || state=dead ;;
  esac
}

# Sets state: that of the original server, whoever has its pid or its socket now. A server that
# never came up is the launcher's to record.
find_server() {
  [ -n "$server_pid" ] || read_start
  if [ -z "$server_pid" ]; then
    ask_stamp
    [ -z "$iap_launching" ] || [ "$state" = alive ] || exit 0
    return
  fi
  look "$server_pid"
  if [ "$state" = alive ] && [ "$started" != "$server_start" ]; then
    [ "\${started%.*}" = "\${server_start%.*}" ] || state=dead
  fi
}

# A sleep that cannot run must not become a spin.
pause() {
  "$sleep" "$1" &
  iap_client=$!
  wait "$iap_client"
  code=$?
  iap_client=
  [ "$code" = 0 ] || [ "$code" -ge 128 ] || exit 1
}

# True when there is nothing to wait for: exits when the end is on record, or nobody needs one.
over() {
  [ ! -e "$end" ] || exit 0
  [ -d "$dir" ] || exit 0
  find_server
  [ "$state" = dead ]
}

# A killed server closes its connections a moment before it is dead, and an exiting one waits for
# its clients: so it is looked at soon, and for a second left without a client of ours. Nor does a
# client wait in a server without a session: tmux 3.3a can forget it there, and never exit.
# Looked at before each wait: a successor may have the socket by now, and waits on the same
# channel. A server that was gone before the first wait has vanished.
server_pid= server_start= turns=0 rc=1
while :; do
  if [ -z "$iap_client" ]; then
    ! over || break
    "$tmux" -S "$socket" has-session ';' wait-for "$channel" &
    iap_client=$!
  fi
  wait "$iap_client"
  rc=$?
  iap_client=
  ! over || break
  iap_launching=
  turns=$((turns + 1))
  [ "$turns" -le 10 ] || pause 5
  for delay in 0.003 0.003 0.02 0.05 0.1 0.3 0.5; do
    pause "$delay"
    ! over || break 2
  done
done
`;

const RECORD = `
tell_time
see_memory
case $rc in
  0) cause=signaled-server-gone ;;
  *) if [ "$rc" -ge 128 ]; then cause=client-killed-server-gone; else cause=server-vanished; fi ;;
esac
confidence=unknown
! memory_short || confidence=likely
json="{\\"version\\":1,\\"ev\\":\\"server-exit\\",\\"identity\\":\\"$identity\\""
json="$json,\\"generation\\":\\"$generation\\",\\"ts\\":\\"$ts\\",\\"by\\":\\"canary\\""
json="$json,\\"cause\\":\\"$cause\\"\${server_pid:+,\\"serverPid\\":$server_pid},\\"waitRc\\":$rc"
json="$json,\\"forensics\\":$forensics_json,\\"verdict\\":{\\"oom\\":\\"$oom\\""
json="$json\${pressure:+,\\"memoryPressurePercent\\":$pressure}"
json="$json,\\"ours\\":false,\\"confidence\\":\\"$confidence\\"}}"
line="ts=$ts ev=server-exit identity=$identity generation=$generation"
line="$line\${server_pid:+ server_pid=$server_pid} wait_rc=$rc cause=$cause"
line="$line forensics=$forensics_logfmt by=canary oom=$oom"
line="$line\${pressure:+ memory_pressure_percent=$pressure} ours=false confidence=$confidence"

# From here on nobody dismisses us: a record without its line would be half a record. A full
# disk is tried again a few times; after that the daemon has the word.
tries=0
while :; do
  trap '' TERM INT HUP
  put_end "$json"
  case $? in
    0) break ;;
    1) exit 0 ;;
  esac
  trap dismissed TERM INT HUP
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || exit 1
  pause 2
done
append_exit "$line"
"$rm" -f "$draft"
`;
