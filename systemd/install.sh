#!/usr/bin/env bash
# Installs what was built: `make install`, with these variables.
#
#   DESTDIR     a folder that stands for /, for packages; default: blank
#   PREFIX      programs, units, documentation; default: /usr/local
#   SYSCONFDIR  settings; default: /etc
#   BUILT       the folder with the programs; default: target/release
#   RUNTIME     the folder with ONNX Runtime; default: var/onnxruntime
#   SCRIPTS     the folder with the pages' scripts by others; default: var/page-scripts
#
# Nothing that is below SYSCONFDIR is ever overwritten; as they come, these files lie in
# PREFIX/share/trapline/ too, to compare with.
set -euo pipefail
cd "$(dirname "$0")/.."

root=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
sysconf=${SYSCONFDIR:-/etc}
built=${BUILT:-target/release}
runtime=${RUNTIME:-var/onnxruntime}
scripts=${SCRIPTS:-var/page-scripts}

for file in "$built/trapline-web" "$built/trapline-worker" "$built/trapline-convert"; do
    [ -x "$file" ] || { echo "install: there is no $file: make build" >&2; exit 1; }
done
libraries=("$runtime"/libonnxruntime*.so*)
main_library=$(printf '%s\n' "${libraries[@]}" | grep -E '/libonnxruntime\.so\.[0-9.]+$' | sort -V | tail -n 1 || true)
[ -n "$main_library" ] || { echo "install: there is no ONNX Runtime in $runtime: make setup" >&2; exit 1; }

# place MODE SOURCE TARGET: a text file, with the folders of this installation in it.
place() {
    local target=$root$3
    install -d -m 755 "$(dirname "$target")"
    sed -e "s|/usr/local|$prefix|g" -e "s|/etc/trapline|$sysconf/trapline|g" "$2" >"$target.new"
    chmod "$1" "$target.new"
    mv "$target.new" "$target"
}

# place_setting MODE SOURCE TARGET: the same, unless the administrator has one.
place_setting() {
    place 644 "$2" "$prefix/share/trapline/$(basename "$3")"
    if [ -e "$root$3" ]; then
        cmp -s "$root$3" "$root$prefix/share/trapline/$(basename "$3")" ||
            echo "Kept $root$3; as it comes: $root$prefix/share/trapline/$(basename "$3")"
    else
        place "$1" "$2" "$3"
    fi
}

# A program that runs is not written over but replaced.
install -d -m 755 "$root$prefix/bin" "$root$prefix/lib/trapline"
install -m 755 -C "$built/trapline-web" "$built/trapline-worker" "$built/trapline-convert" "$root$prefix/bin/"
place 755 systemd/trapline-admin "$prefix/sbin/trapline-admin"
rm -f "$root$prefix/lib/trapline"/libonnxruntime*
install -m 755 "${libraries[@]}" "$root$prefix/lib/trapline/"
ln -s "$(basename "$main_library")" "$root$prefix/lib/trapline/libonnxruntime.so"
for notice in "$runtime/LICENSE" "$runtime/ThirdPartyNotices.txt"; do
    if [ -e "$notice" ]; then install -m 644 "$notice" "$root$prefix/lib/trapline/"; fi
done

# The licences of what the pages carry go with the program that has it in it.
for notice in "$scripts"/*/LICENSE*; do
    package=$(basename "$(dirname "$notice")")
    install -D -m 644 "$notice" "$root$prefix/share/doc/trapline/licences/$package.txt"
done

units=$prefix/lib/systemd/system
for unit in trapline.target trapline-web.service trapline-worker@.service \
    trapline-worker@cpu.service.d/cpu.conf; do
    place 644 "systemd/$unit" "$units/$unit"
done
place 644 systemd/sysusers.conf "$prefix/lib/sysusers.d/trapline.conf"
place 644 systemd/tmpfiles.conf "$prefix/lib/tmpfiles.d/trapline.conf"
place 644 docs/OPERATIONS.md "$prefix/share/doc/trapline/OPERATIONS.md"

place_setting 640 systemd/trapline.env "$sysconf/trapline/trapline.env"
place_setting 644 cron/trapline "$sysconf/cron.d/trapline"
place_setting 644 systemd/nginx/trapline.conf "$sysconf/nginx/sites-available/trapline.conf"

if [ -z "$root" ]; then
    cat <<'NEXT'
Installed. To make user and folders, and to let systemd know:
    systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
OPERATIONS.md says what comes then.
NEXT
fi
