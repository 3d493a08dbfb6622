#!/usr/bin/env bash
# Installs into a temporary folder and checks what the system would be given, with the programs
# that would read it: systemd, nginx, cron. And that every setting is documented. The programs
# themselves are stood in for; check_upload.sh beside nginx's settings runs the real ones.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:/usr/sbin:/sbin:$PWD/var/tools/debian/usr/sbin
most_exposed=2.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "systemd/check.sh: $*" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null || fail "no $1 here: apt-get install $2 (or: make test, which gets it)"
}
need systemd-analyze systemd
need systemd-tmpfiles systemd
need nginx nginx-light
need crontab cron

# Programs that tell how they were called.
mkdir -p "$work/built" "$work/runtime"
for program in trapline-web trapline-worker trapline-convert; do
    cat >"$work/built/$program" <<'STAND_IN'
#!/bin/sh
echo "called: $* home=${TRAPLINE_HOME-} credentials=${CREDENTIALS_DIRECTORY-} level=${LOG_LEVEL-} umask=$(umask)"
STAND_IN
    chmod +x "$work/built/$program"
done
touch "$work/runtime/libonnxruntime.so.1.2.3"
mkdir -p "$work/scripts/tus-js-client"
touch "$work/scripts/tus-js-client/LICENSE"
export BUILT=$work/built RUNTIME=$work/runtime SCRIPTS=$work/scripts

check_packaging() {
    local root=$work/package
    make install DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc >/dev/null
    (cd "$root" && find . -type f -o -type l | sort) >"$work/installed"
    diff - "$work/installed" <<'FILES' || fail "other files are installed than should be"
./etc/cron.d/trapline
./etc/nginx/sites-available/trapline.conf
./etc/trapline/trapline.env
./usr/bin/trapline-convert
./usr/bin/trapline-web
./usr/bin/trapline-worker
./usr/lib/systemd/system/trapline-web.service
./usr/lib/systemd/system/trapline-worker@.service
./usr/lib/systemd/system/trapline-worker@cpu.service.d/cpu.conf
./usr/lib/systemd/system/trapline.target
./usr/lib/sysusers.d/trapline.conf
./usr/lib/tmpfiles.d/trapline.conf
./usr/lib/trapline/libonnxruntime.so
./usr/lib/trapline/libonnxruntime.so.1.2.3
./usr/sbin/trapline-admin
./usr/share/doc/trapline/OPERATIONS.md
./usr/share/doc/trapline/licences/tus-js-client.txt
./usr/share/trapline/trapline
./usr/share/trapline/trapline.conf
./usr/share/trapline/trapline.env
FILES
    if grep -rl /usr/local "$root"; then fail "these files name /usr/local, although PREFIX is /usr"; fi

    echo "RETENTION_DAYS=7" >>"$root/etc/trapline/trapline.env"
    make install DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc >"$work/said"
    grep -q '^RETENTION_DAYS=7' "$root/etc/trapline/trapline.env" || fail "an upgrade overwrites settings"
    grep -q '^Kept .*/trapline.env' "$work/said" || fail "an upgrade does not say which settings it kept"
    make uninstall DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc >/dev/null
    (cd "$root" && find . -type f -o -type l | sort) >"$work/left"
    printf '%s\n' ./etc/nginx/sites-available/trapline.conf ./etc/trapline/trapline.env |
        diff - "$work/left" || fail "uninstalling leaves or takes the wrong files"
}

# As it would be on a machine, but below $work: what is installed names its own folders.
install_here() {
    make install PREFIX="$work/usr" SYSCONFDIR="$work/etc" >/dev/null
    mkdir -p "$work/etc/trapline/credentials"
    touch "$work/etc/trapline/credentials"/{queue_password,smtp_password,aws_secret_access_key}
}

check_units() {
    local units=$work/usr/lib/systemd/system unit exposure
    # A template is verified as two of its instances; the second has a drop-in.
    SYSTEMD_UNIT_PATH="$units:" systemd-analyze verify --man=no trapline.target trapline-web.service \
        trapline-worker@0.service trapline-worker@cpu.service >"$work/verified" 2>&1 ||
        fail "systemd-analyze verify: $(cat "$work/verified")"
    # It ends with 0 for a key that it does not know, so it must also say nothing about ours.
    if grep -i trapline "$work/verified"; then fail "systemd-analyze verify complains"; fi
    for unit in trapline-web.service trapline-worker@.service; do
        exposure=$(systemd-analyze security --offline=true "$units/$unit" |
            sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
        echo "$unit: exposure $exposure"
        awk -v found="${exposure:-10}" -v most="$most_exposed" 'BEGIN { exit !(found <= most) }' ||
            fail "$unit is exposed by $exposure; at most $most_exposed is allowed"
    done
    stops_in_time trapline-worker@.service "$(default_of DRAIN_SECONDS)" 10
    stops_in_time trapline-web.service "$(sed -n 's/^const STOP_SECONDS: u64 = \([0-9]*\);.*/\1/p' web/src/app.rs)" 0
}

# stops_in_time UNIT SECONDS MORE: systemd waits for longer than the program takes.
stops_in_time() {
    local waits
    waits=$(sed -n 's/^TimeoutStopSec=//p' "systemd/$1")
    [ "$waits" -gt "$(($2 + $3))" ] || fail "$1: TimeoutStopSec=$waits, but stopping takes $2 + $3 s"
}

default_of() {
    sed -n "s/^#*$1=//p" systemd/trapline.env
}

check_system_files() {
    local root=$work/system
    mkdir -p "$root/etc/trapline"
    cp systemd/trapline.env "$root/etc/trapline/"
    systemd-sysusers --root="$root" - <systemd/sysusers.conf 2>"$work/said" || fail "sysusers: $(cat "$work/said")"
    grep -q '^trapline:' "$root/etc/passwd" || fail "sysusers makes no user trapline"
    # Owners can only be given by root; syntax and modes are seen by everybody.
    sed -E 's/ (root|trapline) (root|trapline) / - - /; s/ trapline trapline / - - /' systemd/tmpfiles.conf >"$work/tmpfiles.conf"
    systemd-tmpfiles --root="$root" --create - <"$work/tmpfiles.conf" 2>"$work/said" || fail "tmpfiles: $(cat "$work/said")"
    [ ! -s "$work/said" ] || fail "tmpfiles: $(cat "$work/said")"
    local found
    found=$(cd "$root" && stat -c '%a %n' etc/trapline/* etc/trapline/credentials/* var/lib/trapline{,/*,/store/*})
    diff - <(printf '%s\n' "$found") <<'MODES' || fail "tmpfiles gives other modes than it should"
750 etc/trapline/credentials
640 etc/trapline/trapline.env
640 etc/trapline/credentials/aws_secret_access_key
640 etc/trapline/credentials/queue_password
640 etc/trapline/credentials/smtp_password
710 var/lib/trapline
700 var/lib/trapline/mail
755 var/lib/trapline/models
700 var/lib/trapline/queue
710 var/lib/trapline/store
710 var/lib/trapline/store/jobs
700 var/lib/trapline/store/scratch
700 var/lib/trapline/store/uploads
MODES
}

# nginx opens what it tests, so it gets a socket and folders that anybody may use.
check_nginx() {
    local conf=$work/nginx
    mkdir -p "$conf"
    sed -e "s|listen 80;|listen unix:$conf/socket;|" -e "s|/var/log/nginx|$conf|" \
        "$work/etc/nginx/sites-available/trapline.conf" >"$conf/trapline.conf"
    cat >"$conf/nginx.conf" <<CONF
pid $conf/pid;
error_log $conf/error.log;
events {}
http {
    client_body_temp_path $conf/body;
    proxy_temp_path $conf/proxy;
    fastcgi_temp_path $conf/fastcgi;
    uwsgi_temp_path $conf/uwsgi;
    scgi_temp_path $conf/scgi;
    include $conf/trapline.conf;
}
CONF
    nginx -t -q -p "$conf" -e "$conf/error.log" -c "$conf/nginx.conf" 2>"$work/said" || fail "nginx -t: $(cat "$work/said")"
    [ ! -s "$work/said" ] || fail "nginx -t warns: $(cat "$work/said")"
}

# What cron calls is run as cron would: by sh, with hardly any environment.
check_cron() {
    local file=$work/etc/cron.d/trapline admin=$work/usr/sbin/trapline-admin line said
    # crontab knows personal tables only; those in cron.d have the user as a sixth field more.
    sed -E 's/^(([^ #]+ ){5})root /\1/' "$file" >"$work/crontab"
    crontab -n "$work/crontab" >"$work/said" 2>&1 || fail "crontab: $(cat "$work/said")"
    grep -vE '^(#|$|MAILTO=)' "$file" >"$work/lines"
    if grep -vE "^([^ ]+ ){5}root $admin [a-z -]+\$" "$work/lines"; then
        fail "a line of cron/trapline does more than to call a subcommand"
    fi
    # Root becomes trapline by setpriv, where there is such a user.
    mkdir -p "$work/stand-ins"
    printf '#!/bin/sh\necho root\n' >"$work/stand-ins/id"
    cat >"$work/stand-ins/setpriv" <<'STAND_IN'
#!/bin/sh
echo "as: $1 $2 $3"
shift 3
exec "$@"
STAND_IN
    chmod +x "$work/stand-ins"/*
    echo 'LOG_LEVEL=info,web=debug  ' >>"$work/etc/trapline/trapline.env"
    while read -r line; do
        said=$(cd / && env -i PATH="$work/stand-ins:/usr/bin:/bin" sh -c "$(cut -d' ' -f7- <<<"$line")")
        [ "$said" = "as: --reuid=trapline --regid=trapline --init-groups
called: ${line##*trapline-admin } home=/var/lib/trapline credentials=$work/etc/trapline/credentials level=info,web=debug umask=0027" ] ||
            fail "'$line' comes out as: $said"
    done <"$work/lines"
    echo 'QUEUE_PASSWORD="secret"' >>"$work/etc/trapline/trapline.env"
    if said=$(env -i PATH="$work/stand-ins:/usr/bin:/bin" "$admin" sweep 2>&1); then
        fail "trapline-admin takes quotes, which systemd would read otherwise"
    fi
    case $said in *secret*) fail "trapline-admin shows a secret" ;; esac
}

# Every key that a program reads stands in trapline.env and in the table of OPERATIONS.md, and
# there is none besides.
check_settings() {
    local sources=(common/src/config.rs common/src/home.rs common/src/telemetry.rs common/src/store/url.rs
        worker/src/config.rs worker/src/service/settings.rs worker/src/cli/run.rs worker/src/cli/models.rs web/src/config.rs)
    # What object_store reads by itself.
    local of_buckets=(AWS_ACCESS_KEY_ID AWS_REGION AWS_ENDPOINT AWS_ALLOW_HTTP)
    {
        grep -ohE '"[A-Z]+(_[A-Z]+)+"' "${sources[@]}" | tr -d '"'
        printf '%s\n' "${of_buckets[@]}"
    } | sort -u >"$work/read"
    sed -nE 's/^#?([A-Z_]+)=.*/\1/p' systemd/trapline.env | sort >"$work/in-env"
    # shellcheck disable=SC2016  # the backquotes are Markdown
    sed -nE 's/^\| `([A-Z_]+)` \|.*/\1/p' docs/OPERATIONS.md | sort >"$work/in-table"
    diff "$work/read" "$work/in-env" || fail "< is read by a program, > stands in trapline.env"
    diff "$work/read" "$work/in-table" || fail "< is read by a program, > stands in the table of docs/OPERATIONS.md"
}

check_packaging
install_here
check_units
check_system_files
check_nginx
check_cron
check_settings
echo "The system's files are in order."
