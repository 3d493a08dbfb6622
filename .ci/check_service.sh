#!/usr/bin/env bash
# Uses the service as a newcomer does: `make run`, an upload of the sample batch, the link of the
# mail, the package, Ctrl-C; and a second `make run`, after which the link must still be good.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export BIND_ADDR=127.0.0.1:$port METRICS_ADDR=off MIN_FREE_BYTES=0
unset INPUT
service=

fail() {
    echo "check_service.sh: $*" >&2
    cat "$work/log" >&2
    exit 1
}

# Ctrl-C reaches everything that a terminal started, so the service has a process group.
press_ctrl_c() {
    kill -INT "-$service" 2>/dev/null || true
    wait "$service" || true
    service=
}

end() {
    if [ -n "$service" ]; then press_ctrl_c; fi
    rm -rf "$work"
}
trap end EXIT

start() {
    # Here, and not by the background job, which may come to it after what the last run said was read.
    : >"$work/log"
    set -m
    make run >>"$work/log" 2>&1 &
    service=$!
    set +m
    until grep -q "Trapline is at" "$work/log"; do
        kill -0 "$service" 2>/dev/null || fail "the service did not start"
        sleep 0.2
    done
    site=$(sed -n 's/.*Trapline is at \(http:[^ ]*\).*/\1/p' "$work/log")
}

upload() {
    curl -fsS -H 'Accept: application/json' -F email=ada@example.org -F files=@var/sample.zip \
        "$site/jobs" >"$work/accepted" || fail "the upload was refused"
}

# The address of the package: the job's page, as the mail that says that the job is done links to
# it, has a button to it.
package_address() {
    python3 - var/mail "$site" <<'PYTHON'
import email, email.policy, pathlib, re, sys

folder, site = sys.argv[1:]
for path in pathlib.Path(folder).glob("*.eml"):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    link = re.search(re.escape(site) + r"/jobs/\S+", mail.get_body(("plain",)).get_content())
    if "results are ready" in mail["subject"] and link:
        print(link.group() + "/results.zip")
        break
PYTHON
}

start
upload
deadline=$((SECONDS + 300))
until package=$(package_address) && [ -n "$package" ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "no mail came"
    sleep 0.5
done
curl -fsS -o "$work/results.zip" "$package" || fail "the link of the mail gives no package"
python3 -m zipfile -e "$work/results.zip" "$work/results"
python3 .ci/check_package.py "$work/results"
press_ctrl_c

start
curl -fsS "$package" | cmp - "$work/results.zip" || fail "after a restart the link gives another package"
press_ctrl_c
echo "The service took an upload, mailed a link, and still has the package after a restart."
