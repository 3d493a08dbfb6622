#!/usr/bin/env bash
# Installs what the tests compare with and run against: exiftool, a Redis server, and in
# var/test-venv/ a Python environment with independent readers of the outputs, a mail server and
# an S3 server. And what systemd/check.sh asks: systemd's tools, crontab, curl and nginx. And the
# browser that looks at the pages.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=worker/tests/readers/requirements.txt
venv=var/test-venv

# Installs a program by its Debian package, unless it is there.
install_program() {
    local program=$1 package=$2 home=$3
    if command -v "$program" >/dev/null; then return; fi
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "The tests need $program: sudo apt-get install $package" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "The tests need $program ($home): install it with your package manager." >&2
        return 1
    fi
    echo "Installing $program"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$package" ||
        { "${as_root[@]}" apt-get update --quiet &&
            DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$package"; }
}

# unpack COMMAND PACKAGE...: a server's program, from the first of the packages that has it. It is
# not installed, because Debian would start the server.
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
    echo "The tests need $command: apt-get install $1 (after apt-get update, as root)" >&2
    return 1
}

# Chromium, unless there is a program of its kind. CHROMIUM names one that is elsewhere.
install_browser() {
    local program
    if [ -n "${CHROMIUM:-}" ]; then return; fi
    for program in chromium chromium-browser google-chrome; do
        if command -v "$program" >/dev/null; then return; fi
    done
    install_program chromium chromium https://www.chromium.org
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

install_program exiftool libimage-exiftool-perl https://exiftool.org
install_program redis-server redis-server https://redis.io
install_program systemd-analyze systemd https://systemd.io
install_program crontab cron https://packages.debian.org/cron
install_program curl curl https://curl.se
install_browser
# The program is in nginx-core in Ubuntu 22.04, in nginx in Debian 12.
unpack nginx nginx nginx-core
make_venv
