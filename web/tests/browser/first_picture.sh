#!/usr/bin/env bash
# Measures how soon the first picture of a job with 100,000 is on the screen:
#
#     web/tests/browser/first_picture.sh [BUILT]     # the folder of the built programs
#
# IMAGES and ROUNDS stand in the environment, if not 100000 and 9.
set -euo pipefail
cd "$(dirname "$0")/../../.."

built=$(realpath "${1:-target/release}")
# shellcheck source=web/tests/browser/packages.sh
. web/tests/browser/packages.sh
provide_packages

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
echo "Writing a job with ${IMAGES:=100000} files"
address=$("$built/examples/gallery_job" "$place/store" "$IMAGES")
WEB=$built/trapline-web node web/tests/browser/first_picture.js "$place/store" "$address" "${ROUNDS:-9}"
