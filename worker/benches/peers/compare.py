#!/usr/bin/env python3
"""Compares Trapline with SPARROW-Engine on the same pictures and the same network.

    compare.py WORKER VAR_FOLDER BATCH.zip [BATCH.zip ...]

Prints one table for each batch. The programs take turns, so that whatever else the machine does
falls on all of them. Trapline does more in its time: it reads and inflates a zip, hashes every
file, reads EXIF, writes a record of each picture and the annotated copies of hits. The peer
reads loose files from the disk's cache and keeps its detections in memory.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile

MODEL = "yolox-nano"
ROUNDS = int(os.environ.get("TRAPLINE_BENCH_ROUNDS", "5"))
HERE = pathlib.Path(__file__).resolve().parent


def trapline(worker, home, batch, scratch):
    """One run of Trapline; its own figures."""
    out = scratch / "out"
    command = [worker, "process", "--device", "cpu", "--model", MODEL, "--out", out, batch]
    environment = {**os.environ, "TRAPLINE_HOME": str(home)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    shutil.rmtree(out)
    execution = run["execution"]
    return {
        "images_per_second": execution["images_per_second"],
        "cores_busy": execution["cpu_seconds"] / execution["wall_seconds"],
        "peak_memory_mb": execution["peak_memory_bytes"] / 1e6,
        "detections": sum(run["counts"]["detections"].values()),
    }


def sparrow(models, pictures, threads):
    """One run of SPARROW-Engine."""
    command = [sys.executable, HERE / "sparrow_run.py", models, MODEL, pictures, str(threads)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def compare(worker, home, batch):
    """Lets the programs take turns on a batch and prints the table."""
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        scratch = pathlib.Path(scratch)
        pictures = scratch / "pictures"
        with zipfile.ZipFile(batch) as archive:
            archive.extractall(pictures)
            count = len(archive.namelist())
        models = scratch / "models"
        make = [sys.executable, HERE / "sparrow_model.py", home / "models", MODEL, models]
        subprocess.run(make, check=True)
        programs = {
            "Trapline": lambda: trapline(worker, home, batch, scratch),
            "SPARROW-Engine 0.1.30, 2 callers": lambda: sparrow(models, pictures, 2),
            "SPARROW-Engine 0.1.30, 1 caller": lambda: sparrow(models, pictures, 1),
        }
        rounds = [{name: run() for name, run in programs.items()} for _ in range(ROUNDS)]
    print_table(f"{batch.stem}, {count} images, {ROUNDS} rounds", rounds)


def print_table(title, rounds):
    """One row for each program: medians, and ratios with their range."""
    print(
        f"\n| {title} | images/s | Trapline / it | its processor time / Trapline's "
        "| cores busy | peak memory, MB | detections |"
    )
    print("|---|---|---|---|---|---|---|")
    for name in rounds[0]:
        speed = [
            each["Trapline"]["images_per_second"] / each[name]["images_per_second"]
            for each in rounds
        ]
        cpu = [cpu_seconds(each[name]) / cpu_seconds(each["Trapline"]) for each in rounds]
        middle = {
            key: statistics.median(each[name][key] for each in rounds) for key in rounds[0][name]
        }
        print(
            f"| {name} | {middle['images_per_second']:.1f} | {spread(speed)} | {spread(cpu)} "
            f"| {middle['cores_busy']:.2f} | {middle['peak_memory_mb']:.0f} "
            f"| {middle['detections']:.0f} |"
        )


def cpu_seconds(run):
    """Processor time of one image."""
    return run["cores_busy"] / run["images_per_second"]


def spread(ratios):
    """Median and range."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def main():
    worker, home, *batches = map(pathlib.Path, sys.argv[1:])
    for batch in batches:
        compare(worker.resolve(), home.resolve(), batch.resolve())


if __name__ == "__main__":
    main()
