#!/usr/bin/env bash
# ./anlan e2e [ARGS]: builds program and pages, then walks them with a browser.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
tools/build.sh program
if grep -q '"e2e":' web/package.json 2>/dev/null; then
  exec npm --prefix web run --silent e2e -- "$@"
fi
exec node tests/e2e/run.mjs "$@"
