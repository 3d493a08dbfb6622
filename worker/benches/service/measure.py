#!/usr/bin/env python3
"""Measures the service as it is deployed on several machines: the real programs on a Redis server.

    measure.py BINARIES VAR [ROUNDS]

1. One job of 600 pictures with one worker of one thread, and with two, in turns.
2. A job of 20 pictures that is handed in while one of 5,000 runs on two workers.

BINARIES is a folder with trapline-web and trapline-worker, VAR has the library, the model and
sample.zip. Needs redis-server and curl.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

SMALL, MIDDLE, LARGE = 20, 600, 5_000
POLL_SECONDS = 0.1


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def make_card(sample: pathlib.Path, path: pathlib.Path, count: int) -> None:
    """A zip of pictures of the sample, each with some bytes behind its end so that none is a copy
    of another."""
    with zipfile.ZipFile(sample) as source:
        names = [i.filename for i in source.infolist() if i.filename.lower().endswith((".jpg", ".jpeg"))]
        pictures = [source.read(name) for name in names]
    pictures = [picture for picture in pictures if picture[:2] == b"\xff\xd8" and picture[-2:] == b"\xff\xd9"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as card:
        for number in range(count):
            picture = pictures[number % len(pictures)]
            card.writestr(f"cam{number % 4}/IMG_{number:05}.JPG", picture + number.to_bytes(8, "big"))


class Service:
    """Web front end and workers on one Redis server, with a folder of their own."""

    def __init__(self, binaries: pathlib.Path, var: pathlib.Path, folder: pathlib.Path, workers: int):
        self.processes: list[subprocess.Popen] = []
        redis_port, port = free_port(), free_port()
        self.site = f"http://127.0.0.1:{port}"
        self.store = folder / "store"
        library = sorted((var / "onnxruntime").glob("libonnxruntime.so*"))[-1]
        self.log = open(folder / "log", "wb")
        self.environment = os.environ | {
            "TRAPLINE_HOME": str(folder),
            "TRAPLINE_MODELS": str(var / "models"),
            "TRAPLINE_ONNXRUNTIME": str(library),
            "QUEUE_URL": f"redis://127.0.0.1:{redis_port}/0",
            "BIND_ADDR": f"127.0.0.1:{port}",
            "PUBLIC_URL": self.site,
            "METRICS_ADDR": "off",
            "MIN_FREE_BYTES": "0",
            "UPLOADS_PER_HOUR": "0",
            "MAILS_PER_DAY": "0",
            "LOG_LEVEL": "warn",
        }
        self.start("redis-server", "--port", str(redis_port), "--save", "", "--dir", str(folder), "--bind", "127.0.0.1")
        until(lambda: answers(redis_port), "Redis")
        self.start(binaries / "trapline-web")
        for _ in range(workers):
            self.start(binaries / "trapline-worker", "run", "--device", "cpu", "--threads", "1")
        until(lambda: self.get("/readyz").get("workers") == workers, "the workers")

    def start(self, *command) -> None:
        self.processes.append(
            subprocess.Popen([str(part) for part in command], env=self.environment, stdout=self.log, stderr=self.log)
        )

    def get(self, path: str) -> dict:
        try:
            with urllib.request.urlopen(self.site + path, timeout=10) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def upload(self, card: pathlib.Path) -> str:
        """Hands a card in and gives the path of its job."""
        command = ["curl", "-fsS", "-H", "Accept: application/json", "-F", "email=ada@example.org"]
        command += ["-F", "annotate=detections", "-F", f"files=@{card}", f"{self.site}/jobs"]
        accepted = subprocess.run(command, check=True, capture_output=True).stdout
        return json.loads(accepted)["url"].removeprefix(self.site)

    def wait(self, job: str) -> None:
        until(lambda: self.get(f"{job}/status").get("stage") == "done", "the end of a job")

    def finished_shards(self, job: str) -> int:
        shards = self.store / "jobs" / job.rsplit("/", 1)[1] / "shards"
        return sum(1 for path in shards.glob("*.json") if path.stem.isdigit())

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()


def until(is_so, what: str, seconds: float = 900) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited too long for {what}")
        time.sleep(POLL_SECONDS)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def service(binaries: pathlib.Path, var: pathlib.Path, workers: int):
    with tempfile.TemporaryDirectory() as folder:
        running = None
        try:
            running = Service(binaries, var, pathlib.Path(folder), workers)
            yield running
        finally:
            if running:
                running.stop()


def throughput(binaries: pathlib.Path, var: pathlib.Path, card: pathlib.Path, rounds: int) -> None:
    speeds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers, found in speeds.items():
            with service(binaries, var, workers) as running:
                began = time.monotonic()
                running.wait(running.upload(card))
                found.append(MIDDLE / (time.monotonic() - began))
    ratios = [two / one for one, two in zip(speeds[1], speeds[2])]
    for workers, found in speeds.items():
        print(f"{workers} worker(s) of one thread: {statistics.median(found):.1f} images/s {spread(found)}")
    print(f"two workers / one: {statistics.median(ratios):.2f} {spread(ratios)}")


def fairness(binaries: pathlib.Path, var: pathlib.Path, large: pathlib.Path, small: pathlib.Path) -> None:
    with service(binaries, var, 2) as running:
        big = running.upload(large)
        until(lambda: running.finished_shards(big) >= 2, "the first shards")
        before, began = running.finished_shards(big), time.monotonic()
        running.wait(running.upload(small))
        seconds, shards = time.monotonic() - began, running.finished_shards(big) - before
        pace = running.get(f"{big}/status").get("images_per_second") or 0
        print(f"{SMALL} images while {LARGE} run: done after {seconds:.1f} s,")
        print(f"meanwhile {shards} shards of the large job were finished (200 images each, {pace:.0f} images/s)")
        running.wait(big)


def spread(values: list[float]) -> str:
    return f"({min(values):.2f}–{max(values):.2f})"


def main() -> int:
    binaries, var = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    for program in ("redis-server", "curl"):
        if not shutil.which(program):
            raise SystemExit(f"this needs {program}; `make test` installs it")
    with tempfile.TemporaryDirectory() as folder:
        cards = {count: pathlib.Path(folder) / f"{count}.zip" for count in (SMALL, MIDDLE, LARGE)}
        for count, path in cards.items():
            make_card(var / "sample.zip", path, count)
        throughput(binaries, var, cards[MIDDLE], rounds)
        fairness(binaries, var, cards[LARGE], cards[SMALL])
    return 0


if __name__ == "__main__":
    sys.exit(main())
