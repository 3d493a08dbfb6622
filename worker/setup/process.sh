#!/usr/bin/env bash
# Processes $INPUT (a zip or folder) into $OUT (a folder or FILE.zip; a fresh folder below
# var/results/ if it is blank) and says where the result is. $ARGS has further options of
# `trapline-worker process`, $MODEL the model's id.
set -euo pipefail
cd "$(dirname "$0")/../.."

worker=${WORKER:-target/release/trapline-worker}
input=${INPUT:?say what to process: make run INPUT=zip-or-folder}
out=${OUT:-}

if [ ! -e "$input" ]; then
    echo "There is no file or folder '$input'." >&2
    exit 2
fi

# The first of NAME, NAME-2, NAME-3, … that no earlier run has taken, finished or not.
fresh_folder() {
    local base=$1 candidate=$1 number=2
    while [ -e "$candidate" ] || [ -e "$candidate.partial" ]; do
        candidate="$base-$number"
        number=$((number + 1))
    done
    echo "$candidate"
}

if [ -z "$out" ]; then
    mkdir -p var/results
    name=$(basename -- "$input")
    out=$(fresh_folder "var/results/${name%.[zZ][iI][pP]}")
fi

model=$(bash worker/setup/model.sh ${MODEL:+"$MODEL"})
# ARGS is split into words on purpose: it holds several options.
# shellcheck disable=SC2086
"$worker" process "$input" --out "$out" --model "$model" ${ARGS:-} && status=0 || status=$?

case $status in
0) echo "The result package is $out" ;;
3) echo "The result package is $out (some files could not be read: see its sheet Failures)" ;;
*)
    # The journal of an unfinished package: inside a folder, beside a zip.
    if [ -e "$out/.trapline" ] || [ -e "$out.partial" ]; then
        more=${ARGS:-}
        more="${more//--resume/} --resume"
        echo "What is done is kept. To go on: make run INPUT='$input' OUT='$out' MODEL='$model' ARGS='${more# }'" >&2
    fi
    exit "$status"
    ;;
esac
