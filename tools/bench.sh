#!/usr/bin/env bash
# ./anlan bench NAME [ARGS]: the room's NAME_bench if there is one, else `anlan bench NAME`.
# JSON lines go to standard output; everything else, the build included, to standard error.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
name=$1
if [[ ! $name =~ ^[a-z][a-z0-9_]*$ ]]; then
  echo "anlan: '$name' is not the name of a bench" >&2
  exit 2
fi
tools/build.sh program >&2
if compgen -G "src/*/${name}_bench.cpp" >/dev/null; then
  ninja -C build/release "${name}_bench" >&2
  exec "build/release/${name}_bench" "${@:2}"
fi
exec build/release/anlan bench "$@"
