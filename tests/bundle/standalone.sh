#!/bin/sh
# A stand-in for an archive of python-build-standalone, made of an interpreter of this machine; needs patchelf.
# It needs this machine's glibc, a real one is content with 2.17.
#
#   sh standalone.sh PYTHON OUT.tar.gz
set -eu
python=$1 out=$2
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
new=$work/python
library=$new/lib/python$version

mkdir -p "$new/bin" "$library"
cp "$prefix/bin/python$version" "$new/bin/"
ln -s "python$version" "$new/bin/python3"
tar -C "$prefix/lib/python$version" --exclude=site-packages --exclude=dist-packages --exclude=test --exclude='config-3*' \
  --exclude=idlelib --exclude=ensurepip --exclude=__pycache__ --exclude='_tkinter*' --exclude='_test*' \
  -chf - . | tar -C "$library" -xf -
mkdir "$library/site-packages"
ln -s site-packages "$library/dist-packages"   # where Debian's own Python looks

# What it links to beyond libc goes along: a real one has it inside.
for file in "$new/bin/python$version" "$library"/lib-dynload/*.so; do ldd "$file" 2>/dev/null || :; done |
  awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u |
  grep -vE '/(libc|libm|libpthread|libdl|librt|libresolv|libutil|ld-linux[^/]*)\.so' |
  while read -r file; do cp -L "$file" "$new/lib/"; done
chmod 755 "$new"/lib/*.so*
patchelf --set-rpath '$ORIGIN/../lib' "$new/bin/python$version"
for file in "$library"/lib-dynload/*.so; do patchelf --set-rpath '$ORIGIN/../..' "$file"; done
for file in "$new"/lib/*.so*; do patchelf --set-rpath '$ORIGIN' "$file"; done
tar -C "$work" -czf "$out" python
