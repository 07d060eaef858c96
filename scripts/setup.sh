# What ./scripts/run and ./scripts/test need before they can begin: sourced by both, POSIX sh,
# safe to run again. It writes to .bun and node_modules of this checkout; system packages come
# from apt or brew, and each such command is printed before it runs.

BUN_VERSION=1.4.5

say() { printf '%s\n' "$*" >&2; }

give_up() {
  say "iapeer: $1"
  say "  next: $2"
  exit 1
}

# True if version $1 is at least $2; both are three numbers with dots.
at_least() {
  printf '%s %s\n' "${1%%[-+]*}" "$2" | awk '{
    split($1, have, "."); split($2, need, ".")
    for (i = 1; i <= 3; i++) if (have[i] + 0 != need[i] + 0) exit !(have[i] + 0 > need[i] + 0)
    exit 0
  }'
}

# The path of a program that answers with a version that is new enough, or nothing.
usable_bun() {
  for candidate in "$@"; do
    [ -x "$candidate" ] || continue
    version=$("$candidate" --version 2>/dev/null) || continue
    case $version in [0-9]*.[0-9]*.[0-9]*) ;; *) continue ;; esac
    if at_least "$version" "$BUN_VERSION"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# The npm package's own program is a placeholder where npm runs no install scripts; the real one
# is in the package for this processor then.
own_bun() {
  usable_bun "$project/.bun/bin/bun" "$project/.bun/node_modules/.bin/bun" \
    "$project"/.bun/node_modules/@oven/bun-*/bin/bun
}

fetch_bun() {
  if command -v npm >/dev/null 2>&1; then
    say "iapeer: installing bun $BUN_VERSION into .bun with npm"
    mkdir -p "$project/.bun"
    npm install --prefix "$project/.bun" --no-save --no-audit --no-fund --loglevel=error \
      --no-update-notifier "bun@$BUN_VERSION" >&2 || give_up "npm could not install bun" "see npm's words above"
  elif command -v curl >/dev/null 2>&1; then
    say "iapeer: installing bun $BUN_VERSION into .bun with the installer of bun.sh"
    curl -fsSL https://bun.sh/install |
      BUN_INSTALL="$project/.bun" SHELL=/bin/sh bash -s "bun-v$BUN_VERSION" >&2 ||
      give_up "the installer of bun.sh failed" "see its words above"
  else
    give_up "there is no bun, and neither npm nor curl to fetch it with" \
      "install Node with npm, or bun $BUN_VERSION or newer, and run this again"
  fi
}

# Puts a bun that is new enough first on PATH.
set_up_bun() {
  on_path=$(command -v bun 2>/dev/null || true)
  found=$(usable_bun "$on_path") || found=$(own_bun) || found=
  if [ -z "$found" ]; then
    if [ -n "$on_path" ]; then
      say "iapeer: $on_path is not bun $BUN_VERSION or newer; this checkout gets its own"
    fi
    fetch_bun
    found=$(own_bun) || give_up "the bun that was installed does not run on this machine" \
      "try $project/.bun/bin/bun --version, and remove .bun to start afresh"
  fi
  if [ "$found" != "$on_path" ]; then
    mkdir -p "$project/.bun/bin"
    [ "$found" = "$project/.bun/bin/bun" ] || ln -sf "$found" "$project/.bun/bin/bun"
    PATH="$project/.bun/bin:$PATH"
    export PATH
  fi
}

# Runs a command as root: at once if we are, else through sudo, which asks for itself. What it
# says is left in $said.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    say "iapeer: $*"
    said=$("$@" 2>&1)
  elif command -v sudo >/dev/null 2>&1; then
    say "iapeer: sudo $*"
    if [ -t 0 ]; then said=$(sudo "$@" 2>&1); else said=$(sudo -n "$@" 2>&1); fi
  else
    said='not root, and there is no sudo'
    return 1
  fi
}

# Package lists may be missing or old: they are fetched when the first try fails.
apt_install() {
  set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
  as_root "$@" && return
  if as_root apt-get update -q && as_root "$@"; then return; fi
  say "$said"
  return 1
}

# set_up_programs "tmux=tmux" "ps=procps" …: a program, and the Debian package that has it.
set_up_programs() {
  missing= packages=
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null 2>&1 && continue
    missing="$missing ${pair%%=*}"
    packages="$packages ${pair#*=}"
  done
  [ -n "$missing" ] || return 0
  say "iapeer: not on this machine:$missing"
  # The names are split into words on purpose.
  # shellcheck disable=SC2086
  if command -v apt-get >/dev/null 2>&1; then
    apt_install $packages || give_up "could not install$missing" \
      "as root: apt-get install$packages"
  elif command -v brew >/dev/null 2>&1; then
    say "iapeer: brew install$packages"
    brew install $packages >&2 || give_up "brew could not install$packages" "see above"
  else
    give_up "cannot install$missing here: neither apt-get nor brew" \
      "install them with this system's package manager, and run this again"
  fi
}

# What a few tests are skipped without: installed where that asks nobody, and missing otherwise.
set_up_extras() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then return; fi
  extras=
  for name in "$@"; do
    command -v "${name%%=*}" >/dev/null 2>&1 || extras="$extras ${name#*=}"
  done
  # shellcheck disable=SC2086
  [ -z "$extras" ] || apt_install $extras || say "iapeer: going on without$extras"
}

set_up_dependencies() {
  (cd "$project" && bun install --frozen-lockfile --silent >&2) ||
    give_up "bun install failed" "cd $project && bun install --frozen-lockfile"
}
