#!/usr/bin/env bash
# Uploads and downloads through a real nginx with the settings that are installed, with the real
# programs behind it:
#
#     WEB=target/debug/trapline-web WORKER=target/debug/trapline-worker systemd/nginx/check_upload.sh
#
# Needs the library, the model and the sample that `make build sample` puts into var/ (VAR).
set -euo pipefail
cd "$(dirname "$0")/../.."
. systemd/wait_for.sh

PATH=$PATH:/usr/sbin:/sbin:$PWD/var/tools/debian/usr/sbin
web=${WEB:-target/release/trapline-web}
worker=${WORKER:-target/release/trapline-worker}
var=$(realpath "${VAR:-var}")
sample=$var/sample.zip
work=$(mktemp -d)

fail() {
    echo "check_upload.sh: $*" >&2
    tail -n 20 "$work"/{web,worker,nginx}.log >&2 2>/dev/null || true
    exit 1
}

end() {
    local pid
    for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap end EXIT

[ -x "$web" ] || fail "there is no $web: make build"
[ -x "$worker" ] || fail "there is no $worker: make build"
[ -f "$sample" ] || fail "there is no $sample: make sample"
for tool in nginx curl python3; do
    command -v "$tool" >/dev/null || fail "no $tool here: apt-get install $tool"
done

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What the units and tmpfiles.d set.
umask 0027
chmod 711 "$work"
mkdir -p "$work/home/store/jobs"
chmod 710 "$work/home" "$work/home/store" "$work/home/store/jobs"
port=$(free_port)
site=http://127.0.0.1:$port
web_port=$(free_port)
export TRAPLINE_HOME=$work/home TRAPLINE_MODELS=$var/models
TRAPLINE_ONNXRUNTIME=$(printf '%s\n' "$var"/onnxruntime/libonnxruntime.so* | sort -V | tail -n 1)
export TRAPLINE_ONNXRUNTIME PUBLIC_URL=$site MIN_FREE_BYTES=0 UPLOADS_PER_HOUR=0
BIND_ADDR=127.0.0.1:$web_port METRICS_ADDR=off ACCEL_REDIRECT_PREFIX=/_store/ \
    "$web" >"$work/web.log" 2>&1 &
wait_for 60 "the web front end" curl -fsS "http://127.0.0.1:$web_port/healthz"
TRAPLINE_DEVICE=cpu TRAPLINE_THREADS=1 "$worker" run >"$work/worker.log" 2>&1 &

start_nginx() {
    local conf=$work/nginx user=
    mkdir -p "$conf"
    sed -e "s|listen 80;|listen 127.0.0.1:$port;|" -e "s|127.0.0.1:8080|127.0.0.1:$web_port|" \
        -e "s|/var/log/nginx|$conf|" -e "s|/var/lib/trapline|$work/home|" \
        systemd/nginx/trapline.conf >"$conf/trapline.conf"
    # Root's nginx works as another user who is only in the group, as it is when installed.
    if [ "$(id -u)" = 0 ]; then user="user nobody $(id -gn);"; fi
    cat >"$conf/nginx.conf" <<CONF
$user
worker_processes 1;
daemon off;
pid $conf/pid;
events {}
http {
    client_body_temp_path $conf/body;
    proxy_temp_path $conf/proxy;
    fastcgi_temp_path $conf/fastcgi;
    uwsgi_temp_path $conf/uwsgi;
    scgi_temp_path $conf/scgi;
    default_type application/octet-stream;
    include $conf/trapline.conf;
}
CONF
    nginx -p "$conf" -e "$work/nginx.log" -c "$conf/nginx.conf" &
}
start_nginx

ready() {
    curl -fsS "$site/readyz" | grep -q '"workers":1'
}

field_of() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

form=(-H 'Accept: application/json' -F email=ada@example.org)

half_uploads() {
    find "$work/home/store/jobs" -path '*/upload/*' -type f -size +0 | grep .
}

no_half_uploads() {
    ! half_uploads
}

# What has been sent is in the store while the rest is still under way: nginx holds nothing back.
check_streaming() {
    head -c 60000000 /dev/urandom >"$work/large.jpg"
    curl -s "${form[@]}" -F "files=@$work/large.jpg" --limit-rate 6M "$site/jobs" >/dev/null 2>&1 &
    local client=$!
    wait_for 30 "the first part of an upload in the store" half_uploads
    kill -0 "$client" 2>/dev/null || fail "the upload was in the store only when it had ended"
    [ -z "$(find "$work/nginx/body" -type f)" ] || fail "nginx holds the upload back in a file"
    kill "$client"
    wait "$client" || true
    wait_for 30 "the upload that broke off to be removed" no_half_uploads
}

spooled() {
    [ "$(stat -c %s "$work/home/store/uploads/$1")" -gt 0 ]
}

# tus METHOD PATH [ARGUMENTS]: a request about an upload in parts; prints the head of the answer.
tus() {
    local method=$1 path=$2 request=(-X "$1")
    shift 2
    [ "$method" != HEAD ] || request=(-I)
    curl -sS "${request[@]}" -D - -o /dev/null -H 'Tus-Resumable: 1.0.0' "$@" "$site$path"
}

# An upload in parts: what has come when the client is killed is kept, and gone on with.
check_resuming() {
    local path id offset size client
    size=$(stat -c %s "$work/large.jpg")
    tus POST /uploads -H "Upload-Length: $size" >"$work/head"
    path=$(header location "$work/head")
    id=${path##*/}
    [ -n "$id" ] || fail "an upload cannot be begun: $(cat "$work/head")"
    local part=(-H 'Content-Type: application/offset+octet-stream')
    tus PATCH "$path" "${part[@]}" -H 'Upload-Offset: 0' -T "$work/large.jpg" --limit-rate 6M >/dev/null 2>&1 &
    client=$!
    wait_for 30 "the first part of a resumable upload" spooled "$id"
    kill -0 "$client" 2>/dev/null || fail "the part was in the spool only when it had ended"
    kill "$client"
    wait "$client" || true
    tus HEAD "$path" >"$work/head"
    offset=$(header upload-offset "$work/head")
    ((offset > 0 && offset < size)) || fail "of $size bytes the server has '$offset'"
    tail -c "+$((offset + 1))" "$work/large.jpg" >"$work/rest"
    tus PATCH "$path" "${part[@]}" -H "Upload-Offset: $offset" -T "$work/rest" >"$work/head"
    [ "$(header upload-offset "$work/head")" = "$size" ] || fail "the rest is refused: $(cat "$work/head")"
    cmp "$work/large.jpg" "$work/home/store/uploads/$id" || fail "the parts are not the whole"
    tus DELETE "$path" | grep -q ' 204' || fail "an upload cannot be removed"
    if grep -rq "$id" "$work"/nginx/*.log "$work"/{nginx,web}.log; then fail "an upload's id stands in a log"; fi
}

is_done() {
    [ "$(curl -sS "$job/status" | field_of stage)" = "done" ]
}

check_job() {
    local answer
    answer=$(curl -sS "${form[@]}" -F "files=@$sample" "$site/jobs")
    job=$(field_of url <<<"$answer") || fail "the upload is refused: $answer"
    case $job in "$site"/jobs/*) ;; *) fail "a job's address is $job" ;; esac
    # The first event must come while the connection stays open.
    { curl -sSN --max-time 300 "$job/events" >"$work/events" || true; } &
    local watcher=$!
    wait_for 60 "the first event" grep -qE '^event: (live|over)' "$work/events"
    wait_for 180 "the end of the job" is_done
    wait_for 60 "the last event" grep -q '^event: over' "$work/events"
    wait "$watcher"
}

# header NAME FILE
header() {
    sed -n "s/^$1: \(.*\)\r$/\1/Ip" "$2"
}

check_download() {
    local results=$job/results.zip size tag half id
    id=${job##*/}
    curl -fsS -D "$work/head" -o "$work/whole.zip" "$results" || fail "no result: $(cat "$work/head")"
    size=$(stat -c %s "$work/whole.zip")
    cmp "$work/whole.zip" "$work/home/store/jobs/$id/results.zip" || fail "the download differs"
    python3 -m zipfile -t "$work/whole.zip" >/dev/null || fail "the download is no zip"
    [ "$(header content-type "$work/head")" = application/zip ] || fail "wrong type: $(cat "$work/head")"
    header content-disposition "$work/head" | grep -q 'attachment; filename="trapline-' || fail "it has no name"
    tag=$(header etag "$work/head")
    [ -n "$tag" ] || fail "there is no ETag"
    half=$((size / 2))
    curl -fsS -r "0-$((half - 1))" -o "$work/first" -w '%{http_code}' "$results" | grep -qx 206 || fail "no range"
    curl -fsS -r "$half-" -H "If-Range: $tag" -D "$work/head" -o "$work/second" "$results"
    [ "$(header content-range "$work/head")" = "bytes $half-$((size - 1))/$size" ] || fail "wrong range: $(cat "$work/head")"
    cat "$work/first" "$work/second" | cmp - "$work/whole.zip" || fail "the parts are not the whole"
    curl -sS -o /dev/null -w '%{http_code}' -H "If-None-Match: $tag" "$results" | grep -qx 304 || fail "no 304"
    curl -sS -o /dev/null -w '%{http_code}' -r "$size-" "$results" | grep -qx 416 || fail "no 416"
    curl -sS -o /dev/null -w '%{http_code}' "$site/_store/jobs/$id/results.zip" | grep -qx 404 ||
        fail "the store can be reached from outside"
    if grep -rq "$id" "$work"/nginx/*.log "$work"/{nginx,web,worker}.log; then
        fail "a job's id stands in a log: $(grep -rh "$id" "$work"/nginx/*.log "$work"/*.log | head -n 2)"
    fi
    grep -q ' 206 GET /jobs/id/results.zip ' "$work/nginx/trapline.log" || fail "the access log lacks the download"
}

wait_for 120 "the programs to be ready" ready
check_streaming
check_resuming
check_job
check_download
echo "An upload, one in parts, and a ranged download went through nginx."
