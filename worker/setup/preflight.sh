#!/usr/bin/env bash
# Checks that this machine has what only its owner can install, and says how to get what it lacks.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=0
lack() {
    echo "set-up: $1" >&2
    missing=1
}

needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null; then
    lack "no cargo: install Rust $needed or newer from https://rustup.rs"
else
    found=$(cargo --version | cut -d' ' -f2)
    oldest=$(printf '%s\n%s\n' "$needed" "$found" | sort -V | head -n 1)
    if [ "$oldest" != "$needed" ]; then
        lack "cargo is $found, $needed or newer is needed: rustup update"
    fi
fi
command -v cc >/dev/null || lack "no C compiler and linker: apt-get install build-essential"
if ! command -v python3 >/dev/null; then
    lack "no python3: apt-get install python3 python3-pip"
elif ! python3 -m pip --version >/dev/null 2>&1; then
    lack "python3 has no pip: apt-get install python3-pip"
fi
exit "$missing"
