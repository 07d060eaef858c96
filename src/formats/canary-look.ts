// How the canary's sh sees whether a process lives (lifecycle §2, §6): by pid and start time, and
// a zombie is dead. What cannot be told is unknown, and unknown records nothing.

/** The kernel's own record, read by sh itself. */
export const LOOK_LINUX = `
# Sets state (alive, dead, unknown) and started of process $1; a zombie is dead.
look() {
  state=unknown started= stat=
  if [ ! -r "/proc/$1/stat" ]; then
    [ ! -r "/proc/$$/stat" ] || state=dead
    return
  fi
  # There, and not to be opened: no descriptor is left, or it has just gone. Looked at again.
  read -r stat <"/proc/$1/stat"
  [ -n "$stat" ] || return
  set -- \${stat##*) }
  started=\${20}
  case $1 in
    Z | X | x) state=dead ;;
    *) [ -z "$started" ] || state=alive ;;
  esac
}
`;

/** ps tells whole seconds, so only those of a start time are compared. */
export const LOOK_DARWIN = `
# Sets state (alive, dead, unknown) and started of process $1; a zombie is dead.
look() {
  state=unknown started=
  stat=$("$ps" -o stat= -o lstart= -p "$1")
  if [ -z "$stat" ]; then
    [ -z "$("$ps" -o stat= -p $$)" ] || state=dead
    return
  fi
  set -- $stat
  started=$("$date" -j -f '%a %b %d %T %Y' "$2 $3 $4 $5 $6" +%s)
  case $1 in
    Z*) state=dead ;;
    *) [ -z "$started" ] || state=alive ;;
  esac
}
`;
