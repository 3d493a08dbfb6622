#!/usr/bin/env python3
"""Takes files out of pinned npm packages.

    npm_files.py PACKAGES INTO

A line of PACKAGES is `name version integrity path [path...]`, with the integrity as npm's lock
files have it. Where there is npm, it fetches the packages, so that its settings for registries,
logins and proxies hold; else they come from the registry itself (npm_config_registry, `registry=`
in ~/.npmrc, or the public one). Whatever the way, a package must have its integrity.

The files lie in INTO/NAME/ afterwards, with PACKAGES beside them as packages.txt, by which a second
call sees that there is nothing to do. The folder appears whole or not at all.
"""

import base64
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

STAMP = "packages.txt"
PUBLIC_REGISTRY = "https://registry.npmjs.org/"
TIMEOUT_S = 120


class SetupError(Exception):
    """Something that the person at the keyboard has to mend."""


def main() -> int:
    packages, into = (pathlib.Path(argument) for argument in sys.argv[1:3])
    wanted = packages.read_text(encoding="utf-8")
    stamp = into / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return 0
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".fetching-") as scratch:
        fetched = pathlib.Path(scratch) / "fetched"
        for line in wanted.splitlines():
            if line.strip() and not line.startswith("#"):
                name, version, integrity, *paths = line.split()
                tarball = download(name, version, integrity)
                take(tarball, paths, fetched / name)
        (fetched / STAMP).write_text(wanted, encoding="utf-8")
        shutil.rmtree(into, ignore_errors=True)
        fetched.rename(into)
    return 0


def download(name: str, version: str, integrity: str) -> bytes:
    tarball = by_npm(name, version) if shutil.which("npm") else by_address(name, version)
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if found != integrity:
        raise SetupError(f"{name} {version} has the integrity {found}, but should have {integrity}")
    return tarball


def by_npm(name: str, version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", "--", f"{name}@{version}"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        tarballs = list(pathlib.Path(folder).glob("*.tgz"))
        if run.returncode != 0 or len(tarballs) != 1:
            raise SetupError(f"`npm pack {name}@{version}` failed: {run.stderr.strip()}")
        return tarballs[0].read_bytes()


def by_address(name: str, version: str) -> bytes:
    address = f"{registry().rstrip('/')}/{name}/-/{name.rsplit('/', 1)[-1]}-{version}.tgz"
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
            return answer.read()
    except OSError as error:
        raise SetupError(f"{address} could not be fetched: {error}") from error


def registry() -> str:
    for variable in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(variable):
            return os.environ[variable]
    settings = pathlib.Path(os.environ.get("npm_config_userconfig") or pathlib.Path.home() / ".npmrc")
    if settings.is_file():
        for line in settings.read_text(encoding="utf-8").splitlines():
            key, equals, value = line.partition("=")
            if equals and key.strip() == "registry":
                return value.strip().strip("\"'")
    return PUBLIC_REGISTRY


def take(tarball: bytes, paths: list[str], into: pathlib.Path) -> None:
    into.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        # Everything in a package lies below one folder, usually `package`.
        members = {member.name.partition("/")[2]: member for member in archive if member.isfile()}
        for path in paths:
            if path not in members:
                raise SetupError(f"the npm package for {into.name} has no file {path}")
            (into / pathlib.PurePosixPath(path).name).write_bytes(archive.extractfile(members[path]).read())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        sys.exit(1)
