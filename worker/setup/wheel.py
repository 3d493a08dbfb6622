#!/usr/bin/env python3
"""Unpacks files of a pinned PyPI wheel into a folder.

    wheel.py REQUIREMENTS INTO [--member PATTERN]... [--flat] [--for-this-python]

The wheel is fetched by `pip download` and must have one of the hashes in the requirements file.
Nothing is installed: this works where the system's Python is "externally managed", and by
default for whatever Python there is, because the files taken are not Python code. Settings of
pip for mirrors and proxies (PIP_INDEX_URL, PIP_FIND_LINKS, pip.conf) hold as usual.

A stamp in the folder records what was unpacked; a second call with the same request does
nothing. The folder appears whole or not at all.
"""

import argparse
import fnmatch
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

STAMP = ".wheel-stamp"
# Wheels name the oldest glibc that they run with; pip takes such names literally.
GLIBC_TAGS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux2014")
MACHINES = ("x86_64", "aarch64")


class SetupError(Exception):
    """Something that the person at the keyboard has to mend."""


def main() -> int:
    request = parse_arguments()
    wanted = stamp_of(request)
    stamp = request.into / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return 0
    request.into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=request.into.parent, prefix=".fetching-") as scratch:
        wheel = download(request, pathlib.Path(scratch))
        unpacked = pathlib.Path(scratch) / "unpacked"
        unpack(wheel, unpacked, request)
        (unpacked / STAMP).write_text(wanted, encoding="utf-8")
        replace_folder(unpacked, request.into)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("requirements", type=pathlib.Path)
    parser.add_argument("into", type=pathlib.Path)
    parser.add_argument("--member", action="append", default=[], help="take only these files")
    parser.add_argument("--flat", action="store_true", help="drop the folders inside the wheel")
    parser.add_argument("--for-this-python", action="store_true", help="the wheel is imported")
    return parser.parse_args()


def stamp_of(request: argparse.Namespace) -> str:
    pins = hashlib.sha256(request.requirements.read_bytes()).hexdigest()
    python = platform.python_version() if request.for_this_python else "any"
    return f"{pins} {platform.machine()} {python} {request.flat} {' '.join(request.member)}\n"


def download(request: argparse.Namespace, scratch: pathlib.Path) -> pathlib.Path:
    names = [line.split()[0] for line in request.requirements.read_text(encoding="utf-8").splitlines()
             if "==" in line and not line.startswith("#")]
    print(f"Fetching {' '.join(names)} from the Python package index", flush=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
               "--no-deps", "--only-binary=:all:", "--require-hashes",
               "--requirement", str(request.requirements), "--dest", str(scratch)]
    if not request.for_this_python:
        command += target_platform()
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupError(explain_failed_download(names, request.for_this_python))
    wheels = list(scratch.glob("*.whl"))
    if len(wheels) != 1:
        raise SetupError(f"pip brought {len(wheels)} wheels for {request.requirements}, not one")
    return wheels[0]


def target_platform() -> list[str]:
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in MACHINES:
        raise SetupError(f"{platform.system()} on {machine} is not supported by the set-up; "
                         f"Linux on {' or '.join(MACHINES)} is")
    flags = ["--implementation", "cp", "--python-version", "3.12", "--abi", "cp312"]
    for tag in GLIBC_TAGS:
        flags += ["--platform", f"{tag}_{machine}"]
    return flags


def explain_failed_download(names: list[str], for_this_python: bool) -> str:
    lines = [f"pip could not bring {' '.join(names)} (its own words are above)."]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], check=False,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        lines = [f"{sys.executable} has no pip: apt-get install python3-pip"]
    elif for_this_python:
        lines.append(f"This Python is {platform.python_version()}; 3.10 to 3.14 have a pinned wheel.")
    lines.append("Without internet: set PIP_INDEX_URL to a mirror of PyPI, or PIP_NO_INDEX=1 and")
    lines.append("PIP_FIND_LINKS to a folder with the wheels.")
    return "\n".join(lines)


def unpack(wheel: pathlib.Path, folder: pathlib.Path, request: argparse.Namespace) -> None:
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or not is_wanted(entry.filename, request.member):
                continue
            path = pathlib.Path(archive.extract(entry, folder))
            # zipfile drops the mode; programs need it.
            path.chmod(0o755 if (entry.external_attr >> 16) & 0o111 else 0o644)
            if request.flat and path.parent != folder:
                path.rename(folder / path.name)
    if request.flat:
        for left_over in [path for path in folder.iterdir() if path.is_dir()]:
            shutil.rmtree(left_over)
    if not any(folder.iterdir()):
        raise SetupError(f"{wheel.name} holds nothing that matches {' '.join(request.member)}")


def is_wanted(name: str, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def replace_folder(new: pathlib.Path, into: pathlib.Path) -> None:
    if into.exists():
        # On the same disk, inside the scratch folder, which is removed afterwards.
        into.rename(new.parent / "replaced")
    os.replace(new, into)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        sys.exit(1)
