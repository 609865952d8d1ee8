#!/bin/sh
# Proves that core and rules compile for the browser: every source of rules but tests, benches,
# fuzz targets and the TCK runner, with em++. Run inside the Debian 13 root.
set -eu
cd "$(dirname "$0")/.."
out=build/wasm
mkdir -p "$out/include"
for header in pugixml.hpp pugiconfig.hpp pcre2.h yyjson.h; do
  ln -sf "/usr/include/$header" "$out/include/$header"
done
sources=$(ls src/rules/*.cpp | grep -v -E '_(test|fuzz|bench)\.cpp$|/tck\.cpp$')
core=$(ls src/core/*.cpp | grep -v -E '_(test|fuzz|bench)\.cpp$|/(hash|json_read)\.cpp$')
sources="$sources $core"
# Unchanged sources are not compiled twice; -MMD lists what each depends on.
compile='
  out=$1 source=$2
  object="$out/$(echo "$source" | tr / _).o"
  if [ -f "$object" ] && [ -f "$object.d" ] &&
     [ -z "$(sed "s/^[^:]*://; s/\\\\$//" "$object.d" | tr " " "\n" | grep . |
             while read -r file; do [ "$file" -nt "$object" ] && echo newer; done)" ]; then
    exit 0
  fi
  em++ -std=gnu++23 -O1 -fno-exceptions -Wall -Isrc -isystem "$out/include" -MMD -MF "$object.d" \
    -c "$source" -o "$object" || { echo "FAILED $source"; exit 1; }'
failed=0
echo "$sources" | tr " " "\n" | grep . |
  xargs -P "$(nproc)" -I FILE sh -c "$compile" one "$out" FILE || failed=1
[ "$failed" = 0 ] && echo "wasm: $(echo "$sources" | wc -w) sources compile"
exit "$failed"
