#!/usr/bin/env bash
# Checks the shell, Python and JavaScript files: syntax always, and ShellCheck's advice where it is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

shell=(worker/setup/*.sh worker/benches/*/*.sh systemd/*.sh systemd/nginx/*.sh systemd/trapline-admin
    web/tests/browser/*.sh .ci/run .ci/fresh-clone .ci/*.sh)
for script in "${shell[@]}"; do bash -n "$script"; done
git ls-files -z '*.py' | xargs -0 python3 -c '
import ast, sys
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as source:
        ast.parse(source.read(), name)
'
if command -v node >/dev/null; then
    git ls-files -z '*.js' | xargs -0 -n 1 node --check
else
    echo "No Node.js here: the pages' scripts were not checked; the browser tests run them."
fi
if command -v shellcheck >/dev/null; then
    shellcheck "${shell[@]}"
else
    echo "No shellcheck here: the syntax of the scripts was checked, their style was not."
fi
