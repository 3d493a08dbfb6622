#!/usr/bin/env bash
# Makes sure that a model is ready, and prints its id on standard output; all else goes to
# standard error.
#
#   model.sh           the default model, or the one of last resort where it cannot be had
#   model.sh again     the same, but asks for the default model anew
#   model.sh ID        this model
#
# WORKER is the program; TRAPLINE_MODEL_MIRROR is its mirror (a folder or URL).
set -euo pipefail
cd "$(dirname "$0")/../.."

worker=${WORKER:-target/release/trapline-worker}
default=yolox-nano
last_resort=coco-centernet

if [ ! -x "$worker" ]; then
    echo "set-up: there is no $worker yet: make build" >&2
    exit 1
fi

# shellcheck source=worker/setup/npm.sh
. worker/setup/npm.sh

is_ready() {
    "$worker" models verify "$1" >/dev/null 2>&1
}

fetch() {
    if is_ready "$1"; then return; fi
    # The model of last resort comes from the npm registry, by npm itself.
    if [ "$1" = "$last_resort" ]; then provide_npm 0; fi
    "$worker" models fetch "$1" >&2
}

fall_back() {
    cat >&2 <<NOTE

  ***************************************************************************************
  The default model $default could not be fetched; the reason is above.
  Falling back to $last_resort, a weaker, general detector from the npm registry: good
  enough to see the whole thing work, not for results. To get a better one, set
  TRAPLINE_MODEL_MIRROR to a folder or URL that has it and call \`make model\`.
  ***************************************************************************************

NOTE
    fetch "$last_resort" && return
    cat >&2 <<NOTE
set-up: there is no model. Neither $default (official address, mirror) nor $last_resort (npm
registry) could be fetched. Copy the model file to a folder and set TRAPLINE_MODEL_MIRROR to it.
NOTE
    return 1
}

choose_default() {
    if is_ready "$default"; then
        echo "$default"
    elif [ "$1" != again ] && is_ready "$last_resort"; then
        echo "Using $last_resort, the model of last resort; \`make model\` asks for $default again." >&2
        echo "$last_resort"
    elif fetch "$default"; then
        echo "$default"
    else
        fall_back
        echo "$last_resort"
    fi
}

case ${1:-} in
"" | again) choose_default "${1:-}" ;;
*)
    fetch "$1"
    echo "$1"
    ;;
esac
