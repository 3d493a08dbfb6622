#!/usr/bin/env bash
# Makes a Python environment with what a requirements file lists, unless it is there already.
#
#     venv.sh var/NAME REQUIREMENTS.txt
set -euo pipefail
cd "$(dirname "$0")/../../.."

venv=$1
requirements=$2
stamp=$venv/.stamp
wanted="$(sha256sum <"$requirements") $(python3 --version)"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

echo "Fetching $requirements into $venv"
# Debian splits ensurepip off: the environment is made without pip, and the pip outside fills it.
python3 -m venv --clear --without-pip "$venv"
packages=$("$venv/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check \
    --no-deps --target "$packages" --requirement "$requirements"
echo "$wanted" >"$stamp"
