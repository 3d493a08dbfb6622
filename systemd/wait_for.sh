# shellcheck shell=bash
# For scripts that have a function `fail`.

# wait_for SECONDS WHAT COMMAND...
wait_for() {
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$until" ] || fail "waited too long for $what"
        sleep 0.1
    done
}
