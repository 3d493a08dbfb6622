#!/usr/bin/env bash
# Boots a Debian with its own systemd in a container, installs Trapline there with `make install`,
# and lives through a day of a sysadmin: start, job, restart in the middle of a job, a killed worker,
# a program that hangs, stop. Units are really started, with all that they forbid.
#
#     make build sample && sudo systemd/check_boot.sh
#
# Needs root, debootstrap and systemd-nspawn (apt-get install debootstrap systemd-container), and
# about 400 MB below /tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
. systemd/wait_for.sh

var=$(realpath "${VAR:-var}")
root=$(mktemp -d /tmp/trapline-boot-XXXX)
chmod 755 "$root"
init=

fail() {
    echo "check_boot.sh: $*" >&2
    inside journalctl --no-pager --lines 60 >&2 || true
    exit 1
}

end() {
    # The signal on which systemd powers off.
    if [ -n "$init" ]; then kill -s RTMIN+4 "$init" 2>/dev/null || true; fi
    wait
    rm -rf "$root"
}
trap end EXIT

for tool in debootstrap systemd-nspawn nsenter; do
    command -v "$tool" >/dev/null || fail "no $tool here: apt-get install debootstrap systemd-container util-linux"
done

inside() {
    nsenter --target "$init" --mount --uts --ipc --pid --net "$@"
}

boot() {
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,cron,curl,ca-certificates \
        bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || fail "$(tail -n 3 "$root.log")"
    rm "$root.log"
    DESTDIR=$root bash systemd/install.sh
    cp -r "$var/models" "$var/sample.zip" "$root/srv/"
    systemd-nspawn --directory "$root" --boot --register=no --keep-unit --private-network \
        >/dev/null 2>&1 </dev/null &
    local nspawn=$!
    until init=$(pgrep --parent "$nspawn"); do
        kill -0 "$nspawn" 2>/dev/null || fail "systemd-nspawn ended"
        sleep 0.2
    done
    wait_for 60 "the boot" inside systemctl is-system-running
}

has_worker() {
    inside curl -fsS localhost:8080/readyz | grep -q '"workers":1'
}

install_service() {
    inside sh -ec '
        systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
        echo MIN_FREE_BYTES=0 >>/etc/trapline/trapline.env
        cp -r /srv/models /var/lib/trapline/ && chown -R trapline:trapline /var/lib/trapline/models
        trapline-admin check --device cpu
        systemctl enable --now trapline.target trapline-web trapline-worker@cpu'
    wait_for 30 "the worker" has_worker
}

# Hands the sample in and gives the job's id.
upload() {
    inside curl -fsS -H 'Accept: application/json' -F email=ada@example.org -F files=@/srv/sample.zip \
        localhost:8080/jobs | sed 's/.*"id":"\([a-z0-9]*\)".*/\1/'
}

is_done() {
    inside trapline-admin jobs list | grep -q "^$1  done "
}

main_pid() {
    inside systemctl show --property MainPID --value "$1"
}

is_another_process() {
    local now
    now=$(main_pid "$1")
    [ "$now" != 0 ] && [ "$now" != "$2" ] && inside systemctl --quiet is-active "$1"
}

# comes_back UNIT SIGNAL SECONDS
comes_back() {
    local before
    before=$(main_pid "$1")
    inside sh -c "kill -s $2 $before"
    wait_for "$3" "$1 to come back after SIG$2" is_another_process "$1" "$before"
}

boot
install_service
job=$(upload)
wait_for 120 "the end of a job" is_done "$job"
second=$(upload)
inside systemctl restart trapline-web 'trapline-worker@*'
wait_for 120 "the end of a job that was restarted" is_done "$second"
comes_back trapline-worker@cpu KILL 40
comes_back trapline-web STOP 60
comes_back trapline-worker@cpu STOP 120
third=$(upload)
wait_for 120 "the end of a job after all this" is_done "$third"
inside /usr/local/sbin/trapline-admin sweep
inside systemctl stop trapline.target
for unit in trapline-web trapline-worker@cpu; do
    result=$(inside systemctl show --property Result --value "$unit")
    [ "$result" = success ] || fail "$unit stopped with $result"
done
echo "The units start, work, come back after SIGKILL and after hanging, and stop."
