#!/usr/bin/env bash
# The second half of root.sh enter, in a mount namespace of its own:
#   mount.sh ROOT REPOSITORY SHARED BINDS CMD ARGS     (BINDS: folders, one a line)
# Files of the host are bound, not copied: two clones may enter the same root at one moment.
set -eu

root=$1 repo=$2 shared=$3 binds=$4
shift 4

bind_file() { # from the host, to a path in the root
  [ -e "$1" ] || return 0
  [ ! -L "$root$2" ] || rm -f "$root$2"
  [ -e "$root$2" ] || : >"$root$2"
  mount --bind "$(readlink -f "$1")" "$root$2"
}

mount --make-rprivate /
mkdir -p "$root/anlan" "$root/shared" "$root/run/anlan"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount --bind "$repo" "$root/anlan"
if [ -d "$shared" ]; then
  mount --bind "$shared" "$root/shared"
  mount -o remount,bind,ro "$root/shared"
fi
while IFS= read -r dir; do
  [ -n "$dir" ] || continue
  mkdir -p "$dir" "$root$dir"
  mount --bind "$dir" "$root$dir"
done <<<"$binds"
bind_file /etc/resolv.conf /etc/resolv.conf
bind_file /etc/hosts /etc/hosts
bind_file /etc/ssl/certs/ca-certificates.crt /run/anlan/ca.crt
exec chroot "$root" /bin/sh -c 'cd /anlan && exec "$@"' enter "$@"
