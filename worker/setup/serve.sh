#!/usr/bin/env bash
# Starts the whole service on this machine: the web front end and one worker, with everything that
# they keep in var/. Both are set by environment variables (docs/OPERATIONS.md); Ctrl-C stops them.
set -euo pipefail
cd "$(dirname "$0")/../.."

worker=${WORKER:-target/release/trapline-worker}
web=$(dirname "$worker")/trapline-web
export BIND_ADDR=${BIND_ADDR:-127.0.0.1:8080}
host=${BIND_ADDR%:*} port=${BIND_ADDR##*:}
export PUBLIC_URL=${PUBLIC_URL:-http://localhost:$port}
export LOG_LEVEL=${LOG_LEVEL:-warn}

# Where an address that means all of this machine's can be reached from here.
case $host in
0.0.0.0) host=127.0.0.1 ;;
"[::]") host=::1 ;;
esac
host=${host#[} host=${host%]}

is_listening() {
    (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null
}

if is_listening; then
    echo "Another program listens at $BIND_ADDR. Choose another port: make run BIND_ADDR=127.0.0.1:8081" >&2
    exit 1
fi
model=$(bash worker/setup/model.sh ${MODEL:+"$MODEL"})

"$worker" run --model "$model" &
worker_id=$!
"$web" &
web_id=$!
trap 'kill $worker_id $web_id 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM

until is_listening; do
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
