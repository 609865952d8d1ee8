#!/usr/bin/env bash
# Long runs: tests/survive/NAME.mjs against the real program with its own options, or
# permits [NUMBER] [SEED], the simulated year of tests/sim/permit_year_test.cpp.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
if [ "$1" = permits ]; then
  tools/build.sh program >&2
  ninja -C build/release permit_year_test >&2
  ANLAN_PERMITS=${2:-20000} ANLAN_SEED=${3:-7} exec build/release/tests/permit_year_test \
    --gtest_filter='PermitYear.*'
fi
tools/build.sh native
exec node "tests/survive/$1.mjs" "${@:2}"
