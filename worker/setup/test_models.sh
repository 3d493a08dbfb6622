#!/usr/bin/env bash
# Fetches the models that the tests run: coco-centernet always, yolox-nano wherever the official
# address or a mirror has it. With TRAPLINE_REQUIRE_YOLOX set, it must be had.
set -euo pipefail
cd "$(dirname "$0")/../.."

bash worker/setup/model.sh coco-centernet >/dev/null
if bash worker/setup/model.sh yolox-nano >/dev/null; then exit 0; fi
if [ -n "${TRAPLINE_REQUIRE_YOLOX:-}" ]; then
    echo "set-up: yolox-nano is required here: set TRAPLINE_MODEL_MIRROR to a folder or URL that has it." >&2
    exit 1
fi
echo "NOTE: yolox-nano could not be fetched; the tests of it are not part of this run." >&2
