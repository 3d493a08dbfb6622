# shellcheck shell=bash
# To be sourced in the project's folder.

# provide_packages: Node.js, and the packages that move the browser.
provide_packages() {
    local folder=web/tests/browser stamp=web/tests/browser/node_modules/.stamp wanted
    # shellcheck source=worker/setup/npm.sh
    . worker/setup/npm.sh
    provide_npm 20
    wanted="$(sha256sum <"$folder/package-lock.json") $(node --version)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
    echo "Fetching what moves the browser into $folder/node_modules"
    # Nothing that the packages bring is run, and no browser is downloaded.
    npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund --silent ||
        { echo "npm could not bring the packages of $folder/package-lock.json; for a mirror: npm config set registry URL" >&2 && exit 1; }
    echo "$wanted" >"$stamp"
}
