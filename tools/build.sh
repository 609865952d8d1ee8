#!/usr/bin/env bash
# Builds inside the root, and only what changed since the stamp in build/ was written.
#   build.sh fresh      true when program and pages are built from the sources as they are now
#   build.sh program    what ./anlan run needs
#   build.sh all        program, tests, tools and pages
#   build.sh native     program, tests and tools only
#   build.sh pages      the web pages only, with the rules as WebAssembly
#   build.sh wasm       the rules as WebAssembly only
#   build.sh peers      foreign programs of tests and benches
#   build.sh modules    only the npm packages of the lock files
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/release
jobs=$(nproc)

sum() { # of names and contents; folders that do not exist yet count as empty
  local outputs=(-name node_modules -o -name dist -o -name test-results -o -name '*.tsbuildinfo')
  { find "$@" \( "${outputs[@]}" -o -name '.*' \) -prune -o -type f -print0 2>/dev/null || true; } |
    LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-32
}
sum_of_sources() {
  sum CMakeLists.txt tests/CMakeLists.txt tools/*.cmake tools/unity.mjs tools/packages \
    tools/verify_ledger tools/read_history tools/history_sql tools/bench src
}
sum_of_wasm() { node tools/wasm.mjs stamp; }
sum_of_pages() { printf '%s %s\n' "$(sum web)" "$(sum_of_wasm)"; }
marked() { [ "$(cat "build/.$1" 2>/dev/null || true)" = "$2" ]; }
mark() { printf '%s\n' "$2" >"build/.$1"; }

fresh() {
  marked program "$(sum_of_sources)" && marked pages "$(sum_of_pages)" && [ -x "$build/anlan" ]
}

configure() {
  # A build folder made under another path is of no use.
  if [ -f "$build/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$build/CMakeCache.txt"; then
    rm -rf "$build"
  fi
  # Sources in groups are compiled in half the time. Who works on them has them alone:
  # ANLAN_UNITY=OFF ./anlan build, which the folder then keeps.
  local unity=()
  if [ -n "${ANLAN_UNITY:-}" ]; then unity=("-DANLAN_UNITY=$ANLAN_UNITY")
  elif [ ! -f "$build/CMakeCache.txt" ]; then unity=(-DANLAN_UNITY=ON); fi
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -Wno-dev "${unity[@]}" \
    >build/configure.log 2>&1 ||
    { cat build/configure.log >&2; return 1; }
}

# Two starts in one clone build one after the other; pages beside programs.
alone() {
  exec 9>"build/.lock-$1"
  flock 9
}

compile() { # target...
  local before
  alone program
  before=$(sum_of_sources)
  configure
  ninja -j "$jobs" -C "$build" "$@" >&2
  mark program "$before"
}

modules() { modules_of web modules; }
modules_of() { # folder mark
  [ -f "$1/package.json" ] || return 0
  local lock
  lock=$(sum "$1/package.json" "$1/package-lock.json")
  if ! marked "$2" "$lock" || [ ! -d "$1/node_modules" ]; then
    echo "anlan: installing the npm packages of $1/package-lock.json" >&2
    npm --prefix "$1" ci --no-audit --no-fund --loglevel=error >&2
    mark "$2" "$lock"
  fi
}
# Foreign programs that drivers are tested against.
peers() { alone peers; modules_of tests/peers peers; }

# The pages do without where it can't be built: they then ask the server what they would say
# themselves.
wasm() {
  local before
  alone wasm
  before=$(sum_of_wasm)
  if ! marked wasm "$before" || [ ! -f build/wasm/rules.wasm ]; then
    echo "anlan: building the rules for the pages" >&2
    node tools/wasm.mjs || return 1
    mark wasm "$before"
  fi
}

pages() {
  local before
  (wasm) || echo "anlan: the pages are built without rules of their own" >&2
  alone pages
  before=$(sum_of_pages)
  if [ ! -f web/package.json ]; then mark pages "$before"; return; fi
  modules
  if ! marked pages "$before" || [ ! -d web/dist ]; then
    echo "anlan: building the pages" >&2
    npm --prefix web run --silent build >&2
    mark pages "$before"
  fi
}

if [ "${1:-}" = fresh ]; then fresh; exit; fi
mkdir -p build
case "${1:-}" in
  program) pages; compile anlan anlan-vision ;;
  all) pages; peers; compile ;;
  native) peers; compile -k 0 ;; # a room that breaks leaves the others to be tested
  pages) pages ;;
  wasm) wasm ;;
  peers) peers ;;
  modules) alone pages; modules ;;
  *) echo "usage: build.sh fresh|program|all|native|pages|wasm|peers|modules" >&2; exit 2 ;;
esac
