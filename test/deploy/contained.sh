#!/usr/bin/env bash
# Runs a program in a root of its own, as container.ts says. In new mount and PID namespaces, of which it becomes PID 1:
#   unshare --mount --pid … contained.sh ROOT VOLUME VOLUME-PATH HIDDEN… -- env|setpriv|chroot command…
set -euo pipefail
root=$1 volume=$2 volume_path=$3
shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
# The devices that every engine gives, and no other.
mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
for device in null zero full random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/.hidden"
chmod 444 "$root/dev/.hidden"
while [ "$1" != -- ]; do
  mount --bind "$root/dev/.hidden" "$root$1"
  shift
done
shift
mount -o remount,ro "$root/dev"
mount --bind "$volume" "$root$volume_path"
exec "$@"
