#!/usr/bin/env bash
# Walks through all pages in a real Chromium, before the real programs:
#
#     WEB=target/debug/trapline-web WORKER=target/debug/trapline-worker web/tests/browser/run.sh
#
# Needs what `make setup sample` and worker/setup/test_models.sh put into var/, and Chromium.
# Further arguments go to `node --test`, such as --test-name-pattern=keyboard. Pictures of the pages
# go to var/screenshots/.
set -euo pipefail
cd "$(dirname "$0")/../../.."

tests=web/tests/browser
WEB=$(realpath "${WEB:-target/release/trapline-web}")
WORKER=$(realpath "${WORKER:-target/release/trapline-worker}")
export WEB WORKER

need() {
    [ -e "$1" ] || {
        echo "run.sh: there is no $1: $2" >&2
        exit 1
    }
}
need "$WEB" "cargo build"
need "$WORKER" "cargo build"
need var/sample.zip "make sample"
need var/models/coco-centernet "bash worker/setup/test_models.sh"

# shellcheck source=web/tests/browser/packages.sh
. "$tests/packages.sh"
provide_packages

# Each file has a service and a browser of its own, and mostly waits for them.
node --test --test-concurrency=3 --test-reporter=spec "$@" "$tests"/*.test.js || {
    echo "run.sh: what the programs said is in var/browser/, pictures of the pages in var/screenshots/" >&2
    exit 1
}
