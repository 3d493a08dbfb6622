#!/usr/bin/env bash
# Installs what the tests compare with: exiftool, and a Python environment with independent
# readers of the outputs in var/test-venv/.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=worker/tests/readers/requirements.txt
venv=var/test-venv

install_exiftool() {
    local package=libimage-exiftool-perl
    if command -v exiftool >/dev/null; then return; fi
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "The tests need exiftool: sudo apt-get install $package" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "The tests need exiftool (https://exiftool.org): install it with your package manager." >&2
        return 1
    fi
    echo "Installing exiftool"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$package" ||
        { "${as_root[@]}" apt-get update --quiet &&
            DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$package"; }
}

# Debian splits ensurepip off; without it a plain `python3 -m venv` fails. So the environment is
# made without pip, and the pip outside fills it.
make_venv() {
    local stamp=$venv/.stamp wanted
    wanted="$(sha256sum <"$requirements") $(python3 --version)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
    echo "Fetching the readers that the tests compare with into $venv"
    python3 -m venv --clear --without-pip "$venv"
    local packages
    packages=$("$venv/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # The file lists everything; what its packages would like besides is not needed.
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check \
        --no-deps --target "$packages" --requirement "$requirements"
    echo "$wanted" >"$stamp"
}

install_exiftool
make_venv
