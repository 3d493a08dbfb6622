#!/usr/bin/env bash
# Compares Trapline with other programs on this machine: `make bench-peers`.
set -euo pipefail
cd "$(dirname "$0")/../../.."

bash worker/benches/tools/venv.sh var/peers-venv worker/benches/peers/requirements.txt
mkdir -p var/bench-batches
TRAPLINE_BENCH_BATCHES=$PWD/var/bench-batches \
    cargo bench --locked --package trapline-worker --bench pipeline
# md5rs is in no package registry, so it cannot be fetched here; docs/BENCHMARKS.md says what is
# known of it.
var/peers-venv/bin/python3 worker/benches/peers/compare.py "$WORKER" var \
    var/bench-batches/3-megapixels.zip var/bench-batches/12-megapixels.zip
