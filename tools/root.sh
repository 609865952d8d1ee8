#!/usr/bin/env bash
# The Debian 13 root that everything runs in, and the way into it.
#   root.sh ensure run|test   make the root or bring it up to the package list (once, then instant)
#   root.sh enter [--alone] [--bind DIR]... -- CMD ARGS
#       run CMD inside: repository at /anlan, shared material read-only at /shared. CMD replaces
#       this process, so a signal sent to it reaches CMD. With --alone CMD gets its own process
#       space: whatever it leaves running ends with it, and it ends with us.
# On a host that is Debian 13 itself packages are installed directly and CMD runs in place.
# Mounts live only in a private mount namespace, so nothing is ever left mounted behind.
set -euo pipefail

repo=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=${ANLAN_ROOT:-${HOME:-/root}/.cache/anlan/debian13}
suite=trixie

is_target() {
  # shellcheck disable=SC1091
  [ -n "${ANLAN_INSIDE:-}" ] ||
    [ "$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")" = debian13 ]
}
die() { echo "anlan: $*" >&2; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root: run it with sudo"; }
packages() {
  cat "$repo/tools/packages/run"
  [ "$1" = run ] || cat "$repo/tools/packages/test"
  [ "$1" != bench ] || cat "$repo/tools/packages/bench" # peers
}
stamp() { packages "$1" | sha256sum | cut -c1-16; }

# The host's own Debian archive: of all sources that apt really reads, the first whose address ends
# in /debian, else the first that serves the main part of a Debian release.
mirror() {
  [ -z "${ANLAN_MIRROR:-}" ] || { echo "$ANLAN_MIRROR"; return; }
  local files=() file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    [ ! -f "$file" ] || files+=("$file")
  done
  [ "${#files[@]}" -gt 0 ] || return 0
  awk '
    function judge() {
      if (uri != "" && parts ~ /(^| )main( |$)/) {
        sub(/\/+$/, "", uri)
        if (uri ~ /\/debian$/ && best == "") best = uri
        else if (suites ~ /(^| )(bullseye|bookworm|trixie|forky|sid|stable)( |$)/ && second == "")
          second = uri
      }
      uri = suites = parts = ""
    }
    FNR == 1 || /^[ \t]*$/ { judge() }
    /^deb[ \t]/ {
      sub(/^deb[ \t]+(\[[^]]*\][ \t]*)?/, ""); uri = $1; suites = $2
      $1 = $2 = ""; parts = $0; judge()
    }
    /^URIs:/ { uri = $2 }
    /^Suites:/ { suites = substr($0, 8) }
    /^Components:/ { parts = substr($0, 12) }
    END { judge(); print best != "" ? best : second }' "${files[@]}"
}

make_base() {
  if ! command -v mmdebstrap >/dev/null; then
    echo "anlan: installing mmdebstrap on this host" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap; } \
      >/dev/null ||
      die "mmdebstrap is not to be had here; install it by hand"
  fi
  local from keyring=()
  from=$(mirror)
  [ -n "$from" ] || die "no Debian archive found in /etc/apt; set ANLAN_MIRROR to one"
  [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] &&
    keyring=(--keyring=/usr/share/keyrings/debian-archive-keyring.gpg)
  rm -rf --one-file-system "$root.new"
  echo "anlan: making the Debian 13 root in $root (once)" >&2
  # The root can be made again at any time, so dpkg need not wait for the disk file by file.
  mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io "${keyring[@]}" \
    --include=ca-certificates,apt-utils "$suite" "$root.new" "$from" >&2
  # Installing a server must not start it.
  printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
  chmod +x "$root.new/usr/sbin/policy-rc.d"
  mv "$root.new" "$root"
}

# Runs inside, with the packages as arguments.
install_script='
  export DEBIAN_FRONTEND=noninteractive
  { dpkg --configure -a && apt-get update -qq &&
    apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"
  } >/tmp/install.log 2>&1 || { tail -n 30 /tmp/install.log >&2; exit 1; }
  apt-get clean'

ensure() {
  local set=$1 packages
  [ -z "${ANLAN_INSIDE:-}" ] || return 0
  local marks=$root
  ! is_target || marks=/var/lib/anlan
  [ ! -e "$marks/.anlan-$set-$(stamp "$set")" ] || return 0
  need_root "the first set-up (it installs packages)"
  mkdir -p "$(dirname "$root")"
  exec 9>"$root.lock"
  flock 9
  if is_target; then mkdir -p "$marks"; elif [ ! -d "$root/usr" ]; then make_base; fi
  if [ ! -e "$marks/.anlan-$set-$(stamp "$set")" ]; then
    echo "anlan: installing the packages of the '$set' set (once)" >&2
    mapfile -t packages < <(packages "$set")
    "$repo/tools/root.sh" enter -- sh -c "$install_script" install "${packages[@]}" \
      </dev/null 9>&-
    touch "$marks/.anlan-$set-$(stamp "$set")" "$marks/.anlan-run-$(stamp run)"
  fi
  exec 9>&-
}

# The first word of a setting in the host's npm configuration, so that npm asks the same registry.
npm_registry() {
  local value=${NPM_CONFIG_REGISTRY:-${npm_config_registry:-}}
  [ -n "$value" ] || value=$(sed -nE 's/^registry *= *//p' "${HOME:-/root}/.npmrc" /etc/npmrc \
    2>/dev/null | tail -n 1 || true)
  echo "$value"
}

# The host's environment stays outside: its compiler, Python and npm settings break builds inside.
clean_environment() {
  local name registry
  environment=(HOME=/root LANG=C.UTF-8 ANLAN_INSIDE=1 "TERM=${TERM:-dumb}"
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    CCACHE_DIR=/root/.ccache CCACHE_BASEDIR=/anlan CCACHE_NOHASHDIR=1)
  for name in CI NO_COLOR http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY \
    "${!ANLAN_@}"; do
    case $name in ANLAN_ROOT | ANLAN_MIRROR | ANLAN_SHARED | ANLAN_INSIDE) continue ;; esac
    [ -z "${!name:-}" ] || environment+=("$name=${!name}")
  done
  registry=$(npm_registry)
  [ -z "$registry" ] || environment+=("NPM_CONFIG_REGISTRY=$registry")
  if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS NPM_CONFIG_CAFILE CURL_CA_BUNDLE; do
      environment+=("$name=/run/anlan/ca.crt")
    done
  fi
}

enter() {
  local binds="" alone="" environment=() shared pid
  while :; do
    case ${1:-} in
      --alone) alone=1; shift ;;
      --bind) binds+="$2"$'\n'; shift 2 ;;
      --) shift; break ;;
      *) break ;;
    esac
  done
  [ $# -gt 0 ] || die "nothing to run"
  cd "$repo"
  [ -z "${ANLAN_INSIDE:-}" ] || exec "$@"
  clean_environment
  ! is_target || exec env -i "${environment[@]}" "$@"
  need_root "entering the Debian 13 root"
  [ -d "$root/usr" ] || die "there is no Debian 13 root yet: ./anlan build makes it"
  shared=${ANLAN_SHARED:-$repo/../shared}
  set -- env -i "${environment[@]}" /bin/bash tools/mount.sh \
    "$root" "$repo" "$shared" "$binds" "$@"
  [ -n "$alone" ] || exec unshare -m "$@"
  # Process 1 of the new space is a shell that collects what others leave. unshare holds back
  # SIGTERM and SIGINT while it waits, so we pass on the end ourselves.
  setpriv --pdeathsig KILL unshare -m -p -f --kill-child=KILL \
    /bin/bash -c '"$@"; exit $?' one "$@" &
  pid=$!
  trap 'kill -9 $pid 2>/dev/null; exit 143' TERM
  trap 'kill -9 $pid 2>/dev/null; exit 130' INT HUP
  wait "$pid"
  exit
}

case "${1:-}" in
  ensure) ensure "${2:?run or test}"; exit ;;
  enter) shift; enter "$@" ;;
  mirror) mirror ;;
  *) die "usage: root.sh ensure run|test | enter [--alone] [--bind DIR]... -- CMD" ;;
esac
