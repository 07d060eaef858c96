// The script that a tmux server runs when its pane's process has ended (lifecycle §5): it records
// the end of the session, then ends its own server, so that nothing lingers with the daemon down.

import { OWN_PANE } from "./tmux-quote.ts";
import { WITNESS_FUNCTIONS, witnessConstants, type WitnessFacts } from "./witness-sh.ts";

/**
 * Run as `sh <script> <server pid> <dead status> <dead signal> <pane>`, where tmux leaves empty
 * what it does not know. A record that cannot be written (full disk) does not keep the server: a
 * session that nobody can use would outlive its peer. The canary then sees the server go and
 * tries as well, and after it the daemon; only the exit code is lost.
 */
export const renderHookScript = (facts: WitnessFacts): string =>
  `# Records the end of one session; written by iapeer (docs/reference.md).
${witnessConstants(facts)}${PROLOGUE}${WITNESS_FUNCTIONS}${BODY}`;

const PROLOGUE = `
umask 077
LC_ALL=C
export LC_ALL
exec </dev/null >/dev/null 2>&1
set -f
`;

/** Signal names as macOS's tmux gives them (sys_signame), with macOS's numbers. */
const BODY = `
number() {
  case $1 in
    '' | *[!0-9]*) number= ;;
    *) number=$1 ;;
  esac
}

signal_number() {
  case $1 in
    hup) number=1 ;; int) number=2 ;; quit) number=3 ;; ill) number=4 ;; trap) number=5 ;;
    abrt) number=6 ;; emt) number=7 ;; fpe) number=8 ;; kill) number=9 ;; bus) number=10 ;;
    segv) number=11 ;; sys) number=12 ;; pipe) number=13 ;; alrm) number=14 ;; term) number=15 ;;
    xcpu) number=24 ;; xfsz) number=25 ;; usr1) number=30 ;; usr2) number=31 ;;
    *) number "$1" ;;
  esac
}

# How sure the verdict is: a KILL may come from the kernel or from anybody.
weigh() {
  confidence=unknown
  if [ -n "$status" ]; then
    confidence=certain
  elif [ -n "$signal" ] && [ "$signal" != 9 ]; then
    confidence=certain
  elif memory_short; then
    confidence=likely
  elif [ "$signal" = 9 ] && [ "$oom" = not-seen ]; then
    confidence=likely
  fi
}

record() {
  tell_time
  see_memory
  weigh
  json="{\\"version\\":1,\\"ev\\":\\"session-exit\\",\\"identity\\":\\"$identity\\""
  json="$json,\\"generation\\":\\"$generation\\",\\"ts\\":\\"$ts\\",\\"by\\":\\"hook\\""
  json="$json\${server_pid:+,\\"serverPid\\":$server_pid}"
  json="$json\${status:+,\\"deadStatus\\":$status}\${signal:+,\\"deadSignal\\":$signal}"
  json="$json,\\"verdict\\":{\${status:+\\"exitCode\\":$status,}\${signal:+\\"signal\\":$signal,}"
  json="$json\\"oom\\":\\"$oom\\"\${pressure:+,\\"memoryPressurePercent\\":$pressure}"
  json="$json,\\"ours\\":false,\\"confidence\\":\\"$confidence\\"}}"
  put_end "$json" || return
  line="ts=$ts ev=session-exit identity=$identity generation=$generation"
  line="$line\${server_pid:+ server_pid=$server_pid}"
  line="$line\${status:+ dead_status=$status}\${signal:+ dead_signal=$signal} by=hook"
  line="$line\${status:+ exit_code=$status}\${signal:+ signal=$signal} oom=$oom"
  line="$line\${pressure:+ memory_pressure_percent=$pressure} ours=false confidence=$confidence"
  append_exit "$line"
  "$rm" -f "$draft"
}

# A pane that the peer has opened beside its own, and has stay at its end, is none of ours.
[ "\${4:-${OWN_PANE}}" = ${OWN_PANE} ] || exit 0
number "$1"
server_pid=$number
number "$2"
status=$number
signal_number "$3"
signal=$number
[ -z "$status" ] || signal=
[ "$signal" != 0 ] || signal=
[ -e "$end" ] || record
# The stamp is looked at by the server that would end: a successor on this socket stays.
"$tmux" -S "$socket" if-shell -F "#{==:#{@iapeer_generation},$generation}" kill-server
exit 0
`;
