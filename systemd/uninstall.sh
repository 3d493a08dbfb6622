#!/usr/bin/env bash
# Removes what install.sh installed, with the same DESTDIR and PREFIX. Settings, jobs, models and
# the user stay.
set -euo pipefail

root=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
sysconf=${SYSCONFDIR:-/etc}

rm -f "$root$prefix/bin/trapline-web" "$root$prefix/bin/trapline-worker" \
    "$root$prefix/bin/trapline-convert" \
    "$root$prefix/sbin/trapline-admin" \
    "$root$prefix/lib/systemd/system/trapline.target" \
    "$root$prefix/lib/systemd/system/trapline-web.service" \
    "$root$prefix/lib/systemd/system/trapline-worker@.service" \
    "$root$prefix/lib/sysusers.d/trapline.conf" "$root$prefix/lib/tmpfiles.d/trapline.conf"
rm -rf "$root$prefix/lib/systemd/system/trapline-worker@cpu.service.d" \
    "$root$prefix/lib/trapline" "$root$prefix/share/trapline" "$root$prefix/share/doc/trapline"
# Without the program it would only make cron write mails.
rm -f "$root$sysconf/cron.d/trapline"
echo "Removed. Settings are in $root$sysconf/trapline, jobs and models in /var/lib/trapline."
