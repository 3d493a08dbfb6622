#!/usr/bin/env bash
# Starts the whole service on this machine: the web front end and one worker, with everything that
# they keep in var/. Both are set by environment variables (docs/OPERATIONS.md); Ctrl-C stops them.
set -euo pipefail
cd "$(dirname "$0")/../.."

worker=${WORKER:-target/release/trapline-worker}
web=$(dirname "$worker")/trapline-web
model=$(bash worker/setup/model.sh ${MODEL:+"$MODEL"})
export BIND_ADDR=${BIND_ADDR:-127.0.0.1:8080}
export PUBLIC_URL=${PUBLIC_URL:-http://localhost:${BIND_ADDR##*:}}
export LOG_LEVEL=${LOG_LEVEL:-warn}

"$worker" run --model "$model" &
worker_id=$!
"$web" &
web_id=$!
trap 'kill $worker_id $web_id 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT TERM

address=http://${BIND_ADDR/0.0.0.0/localhost}
until curl --silent --fail --output /dev/null "$address/healthz" 2>/dev/null; do
    if ! kill -0 $web_id 2>/dev/null || ! kill -0 $worker_id 2>/dev/null; then
        echo "The service did not start: see above." >&2
        exit 1
    fi
    sleep 0.2
done
echo "Trapline is at $PUBLIC_URL with the model $model. Ctrl-C stops it; nothing is lost."
if [ -z "${SMTP_URL:-}" ]; then
    echo "No mail server is set (SMTP_URL): mails are written to ${MAIL_DIR:-var/mail}."
fi
# Whichever ends first ends the other.
wait -n
