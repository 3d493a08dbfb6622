#!/usr/bin/env bash
# Checks the shell and Python scripts: syntax always, and ShellCheck's advice where it is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

shell=(worker/setup/*.sh worker/benches/*/*.sh systemd/*.sh systemd/nginx/*.sh systemd/trapline-admin
    .ci/run .ci/fresh-clone .ci/*.sh)
for script in "${shell[@]}"; do bash -n "$script"; done
git ls-files -z '*.py' | xargs -0 python3 -c '
import ast, sys
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as source:
        ast.parse(source.read(), name)
'
if command -v shellcheck >/dev/null; then
    shellcheck "${shell[@]}"
else
    echo "No shellcheck here: the syntax of the scripts was checked, their style was not."
fi
