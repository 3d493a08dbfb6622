#!/usr/bin/env python3
"""Runs SPARROW-Engine over a folder of pictures and prints what it took, as JSON.

    sparrow_run.py MODELS_FOLDER ID PICTURES THREADS

Loading the library and the model and the first two pictures are not counted.
"""

import json
import pathlib
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import sparrow_engine

WARM_UP = 2


def main():
    models, model_id, pictures, threads = sys.argv[1:]
    threads = int(threads)
    files = sorted(str(path) for path in pathlib.Path(pictures).rglob("*.JPG"))
    sparrow_engine.init(device="cpu", model_dir=models)
    sparrow_engine.detect(files[:WARM_UP], model=model_id)

    def detect(share):
        return sparrow_engine.detect(share, model=model_id)

    cpu_before = time.process_time()
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        shares = [files[index::threads] for index in range(threads)]
        results = [result for share in pool.map(detect, shares) for result in share]
    seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "images_per_second": len(files) / seconds,
                "cores_busy": (time.process_time() - cpu_before) / seconds,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
                "detections": sum(
                    found.confidence >= 0.3 for result in results for found in result.detections
                ),
            }
        )
    )


if __name__ == "__main__":
    main()
