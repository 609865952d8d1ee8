#!/usr/bin/env bash
# ./anlan bench NAME [ARGS]: tools/bench/NAME.mjs if there is one, which works the whole program or
# puts peers beside, else the NAME_bench of a room or of tools/bench.
# JSON lines go to standard output; everything else, the build included, to standard error.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
name=$1
if [[ ! $name =~ ^[a-z][a-z0-9_]*$ ]]; then
  echo "anlan: '$name' is not the name of a bench" >&2
  exit 2
fi
tools/build.sh program >&2
if [ -f "tools/bench/$name.mjs" ]; then
  [ -d web/node_modules/playwright-core ] || npm --prefix web ci --no-audit --no-fund >&2
  exec node "tools/bench/$name.mjs" "${@:2}"
fi
if compgen -G "src/*/${name}_bench.cpp" >/dev/null || [ -f "tools/bench/${name}_bench.cpp" ]; then
  ninja -C build/release "${name}_bench" >&2
  exec "build/release/${name}_bench" "${@:2}"
fi
echo "anlan: there is no bench '$name'" >&2
exit 2
