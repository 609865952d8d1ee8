#!/usr/bin/env bash
# Long runs against the real program: tests/survive/NAME.mjs with its own options.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
tools/build.sh native
exec node "tests/survive/$1.mjs" "${@:2}"
