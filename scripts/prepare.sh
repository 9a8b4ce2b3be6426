# Sourced by start.sh and test.sh (POSIX sh). Brings a machine that has only Node 20 and npm to the point where Floorcast
# runs; does nothing, fast, on one that is ready. Callers set `root` first.

log=$(mktemp "${TMPDIR:-/tmp}/floorcast.XXXXXX") || exit 1
policy=
cleanup() { rm -f "$log" ${policy:+"$policy"}; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf 'Floorcast: %s\n' "$*"; }

fail() {
  printf 'Floorcast: %s\n' "$*" >&2
  exit 1
}

# Runs a step out of sight; when it fails, shows how its output begins: the error, before the stack traces.
quietly() {
  "$@" >"$log" 2>&1 </dev/null && return
  head -n 15 "$log" | sed 's/^/  /' >&2
  return 1
}

# npm puts node_modules/.bin on the PATH, and with it a node that the installation is about to replace.
without_local_bin() {
  (
    PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -vx "$root/node_modules/.bin" | paste -sd: -)
    "$@"
  )
}

# Names the Node that runs Floorcast: the pinned one, or on platforms without it the machine's own if it is new enough.
find_node() {
  node=$root/node_modules/.bin/node
  [ -x "$node" ] && "$node" -e 0 2>/dev/null && return
  node=$(command -v node) && "$node" -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 24 || (major === 24 && minor >= 7) ? 0 : 1)'
}

install_packages() {
  stamp=node_modules/.floorcast-lock
  wanted=$(cksum <package-lock.json)
  if [ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || ! find_node; then
    # `npm install` by hand leaves a right tree without our stamp; wiping that under running processes helps nobody.
    if ! { [ -d node_modules ] && find_node && "$node" scripts/packages-current.mjs; }; then
      say 'Installing packages (first run, about a minute)…'
      quietly without_local_bin npm ci --include=dev --include=optional --loglevel=error ||
        fail 'npm ci failed; is the package registry reachable?'
    fi
    printf '%s\n' "$wanted" >$stamp || fail 'node_modules is not writable.'
  fi
  find_node || fail "this platform has no pinned Node; install Node 24.7 or newer (found $(node --version))."
  PATH=$root/node_modules/.bin:$PATH
  export PATH
}

# Debian starts a service on installation; Floorcast runs its own redis-server, so a policy forbids it until cleanup.
apt_install() {
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy || return
  fi
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  quietly apt-get -qq update && quietly apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}

# require_packages <what for> <Debian packages> <the same for Homebrew>
require_packages() {
  if command -v apt-get >/dev/null; then
    command="apt-get update && apt-get install -y --no-install-recommends $2"
    [ "$(id -u)" = 0 ] || fail "$1 is missing. Run: sudo sh -c '$command'"
    say "Installing $1 ($2)…"
    # shellcheck disable=SC2086 # a list of package names
    apt_install $2 || fail "could not install $1. Run: $command"
  elif command -v brew >/dev/null; then
    fail "$1 is missing. Run: brew install $3"
  else
    fail "$1 is missing. Install it with your package manager ($2)."
  fi
}

require_redis() {
  command -v redis-server >/dev/null || command -v valkey-server >/dev/null || require_packages Redis redis-server redis
}

require_browser() {
  missing=
  command -v chromium >/dev/null || missing=chromium
  # Screens are tested in Chinese; without such a font every character is the same box.
  [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ] || missing="$missing fonts-noto-cjk"
  [ -z "$missing" ] || require_packages 'the browser for tests' "${missing# }" '--cask chromium font-noto-sans-cjk'
}

build_client() {
  sources=$(find client shared package-lock.json -type f ! -path 'client/dist/*' -exec cksum {} + | LC_ALL=C sort -k 3 | cksum)
  [ "$(cat client/dist/.stamp 2>/dev/null)" = "$sources" ] && return
  say 'Building the screens…'
  quietly "$node" node_modules/vite/bin/vite.js build client || fail 'the client build failed.'
  printf '%s\n' "$sources" >client/dist/.stamp
}
