#!/bin/sh
# Run a command in a root as an ordinary user, without network, with mounts of its own.
#
#   sh enter.sh ROOT command…
exec unshare -n -m sh -c 'mount -t proc proc "$0/proc" && exec chroot --userspec=65534:65534 "$0" "$@"' "$@"
