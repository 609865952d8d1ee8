#!/usr/bin/env bash
# ./anlan run: builds what changed, then becomes the server. Every step replaces the one before it,
# so a signal sent to ./anlan reaches the server, and no server outlives it.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  echo "anlan: $*" >&2
  echo "usage: ./anlan run [--port N] [--data DIR] [--empty] [--http]" >&2
  exit 2
}

port=8443 data=data words=()
while [ "$#" -gt 0 ]; do
  case $1 in
    --port | --data)
      [ -n "${2:-}" ] || usage "$1 needs a value"
      if [ "$1" = --port ]; then port=$2; else data=$2; fi
      shift 2
      ;;
    --port=*) port=${1#*=}; shift ;;
    --data=*) data=${1#*=}; shift ;;
    --empty | --http) words+=("$1"); shift ;;
    --help | -h) exec ./anlan help ;;
    *) usage "run does not know '$1'" ;;
  esac
done
[[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -le 65535 ] || usage "'$port' is not a port"
[ -n "$data" ] || usage "--data needs a folder"

# A relative folder belongs to the repository. An absolute one outside is bound at the same path.
repo=$PWD bind=()
case $data in
  "$repo" | /) usage "'$data' cannot be the data folder" ;;
  "$repo"/*) data=${data#"$repo"/} ;;
  /*) data=$(realpath -m "$data") && bind=(--bind "$data") ;;
esac

tools/root.sh ensure run
tools/build.sh fresh || tools/root.sh enter -- tools/build.sh program
# An empty plant has no simulated machines.
machines=(tools/demo.sh)
[[ " ${words[*]} " != *" --empty "* ]] || machines=()
exec tools/root.sh enter "${bind[@]}" -- \
  "${machines[@]}" build/release/anlan serve --port "$port" --data "$data" "${words[@]}"
