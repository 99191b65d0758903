#!/bin/sh
# A bare Debian root: a shell, seven small programs, the C library; no Python, no network, nothing else.
#
#   sh root.sh ROOT
set -eu
root=$1
rm -rf "$root"
mkdir -p "$root/bin" "$root/proc" "$root/dev" "$root/tmp" "$root/home/clerk" "$root/opt" "$root/usr"
ln -s ../bin "$root/usr/bin"
chmod 1777 "$root/tmp"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/urandom" c 1 9

{
  for name in dash env cat ls dirname readlink sed awk chmod mkdir; do
    program=$(readlink -f "$(command -v "$name")")
    cp "$program" "$root/bin/$name"
    ldd "$program" | grep -o '/[^ ]*'
  done
  # All that the .deb depends on: libc6 and libgcc-s1.
  ldd /bin/dash | grep -o '/[^ ]*libc\.so\.6' | while read -r libc; do
    for name in libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libutil.so.1 libgcc_s.so.1; do
      echo "$(dirname "$libc")/$name"
    done
  done
} | sort -u | while read -r file; do
  mkdir -p "$root$(dirname "$file")"
  cp -L "$file" "$root$file"
done
ln -s dash "$root/bin/sh"
