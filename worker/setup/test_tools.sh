#!/usr/bin/env bash
# Installs what the tests compare with and run against: exiftool, a Redis server, and in
# var/test-venv/ a Python environment with independent readers of the outputs, a mail server and
# an S3 server. And what systemd/check.sh asks: systemd's tools, crontab and nginx, which is only
# unpacked, into var/tools/debian/, because Debian would start the server that it installs.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=worker/tests/readers/requirements.txt
venv=var/test-venv

# install COMMAND PACKAGE
install() {
    if command -v "$1" >/dev/null; then return; fi
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "The tests need $1: sudo apt-get install $2" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "The tests need $1, in Debian's package $2: install it with your package manager." >&2
        return 1
    fi
    echo "Installing $1"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$2" ||
        { "${as_root[@]}" apt-get update --quiet &&
            DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$2"; }
}

# unpack COMMAND PACKAGE...: a server's program, from the first of the packages that has it.
unpack() {
    local command=$1 root=var/tools/debian package folder
    shift
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null && return
    if [ -x "$root/usr/sbin/$command" ]; then return; fi
    echo "Fetching $command into $root"
    mkdir -p "$root"
    for package in "$@"; do
        folder=$(mktemp -d)
        if (cd "$folder" && apt-get download --quiet "$package") >/dev/null 2>&1; then
            dpkg-deb --extract "$folder"/*.deb "$root"
        fi
        rm -rf "$folder"
        if [ -x "$root/usr/sbin/$command" ]; then return; fi
    done
    echo "The tests need $command: apt-get install $1 (or apt-get update first, as root)" >&2
    return 1
}

# Debian splits ensurepip off; without it a plain `python3 -m venv` fails. So the environment is
# made without pip, and the pip outside fills it.
make_venv() {
    local stamp=$venv/.stamp wanted
    wanted="$(sha256sum <"$requirements") $(python3 --version)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
    echo "Fetching the readers and servers that the tests use into $venv"
    python3 -m venv --clear --without-pip "$venv"
    local packages
    packages=$("$venv/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # The file lists everything; what its packages would like besides is not needed.
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check \
        --no-deps --target "$packages" --requirement "$requirements"
    echo "$wanted" >"$stamp"
}

install exiftool libimage-exiftool-perl
install redis-server redis-server
install systemd-analyze systemd
install crontab cron
# In Ubuntu 22.04 the program is in nginx-core, in Debian 12 in nginx.
unpack nginx nginx nginx-core
make_venv
