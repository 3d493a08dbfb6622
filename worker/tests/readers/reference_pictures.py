"""What the reference pipelines share: pictures in, detections out, in the units of the tests."""

import json
import math
import pathlib
import sys

import cv2
import numpy as np
import onnxruntime

# COCO's 80 classes as detectors count them, from 0.
COCO_PERSON = range(0, 1)
COCO_VEHICLES = range(1, 9)
COCO_ANIMALS = range(14, 24)

# Below this nothing is listed.
FLOOR = 0.005

# Of two boxes of one category that share more than this, the weaker one goes.
MOST_OVERLAP = 0.45


def category_of(coco_class):
    """The name of the category, or None for a class that is none of ours."""
    for name, classes in (
        ("person", COCO_PERSON),
        ("vehicle", COCO_VEHICLES),
        ("animal", COCO_ANIMALS),
    ):
        if coco_class in classes:
            return name
    return None


def upright_bgr(path):
    """The pixels as OpenCV reads them, turned as EXIF says; None if it cannot."""
    stored = np.fromfile(path, np.uint8)
    return cv2.imdecode(stored, cv2.IMREAD_COLOR) if stored.size else None


def session(model):
    """A session on one thread, so that a rerun gives the same numbers."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def cut(value, decimals):
    return math.floor(value * 10**decimals) / 10**decimals


def unsuppressed(corners, scores, last_pixel):
    """Indexes of the boxes that no better box overlaps too much, best first.

    `last_pixel` is 1 where corners are taken for the first and the last pixel of a box, and 0
    where they are taken for its edges.
    """
    x1, y1, x2, y2 = corners.T
    areas = (x2 - x1 + last_pixel) * (y2 - y1 + last_pixel)
    left, kept = np.argsort(-scores, kind="stable"), []
    while left.size:
        best, others = left[0], left[1:]
        kept.append(best)
        widths = np.minimum(x2[best], x2[others]) - np.maximum(x1[best], x1[others])
        heights = np.minimum(y2[best], y2[others]) - np.maximum(y1[best], y1[others])
        shared = (widths + last_pixel).clip(0) * (heights + last_pixel).clip(0)
        left = others[shared <= MOST_OVERLAP * (areas[best] + areas[others] - shared)]
    return kept


def detections(picture, corners, scores, classes, last_pixel=0):
    """What is left of a model's boxes (corners in pixels of the picture), the best first.

    Each detection's box is cut to the picture: x, y, width, height as shares of it. All numbers
    are cut to the decimals of the MegaDetector format.
    """
    height, width = picture.shape[:2]
    shares = (corners.astype(np.float64) / (width, height, width, height)).clip(0, 1)
    categories = np.array([category_of(coco_class) for coco_class in classes])
    found = []
    for category in ("animal", "person", "vehicle"):
        alike = np.flatnonzero((categories == category) & (scores >= FLOOR))
        for kept in alike[unsuppressed(corners[alike], scores[alike], last_pixel)]:
            x1, y1, x2, y2 = shares[kept].tolist()
            bbox = [cut(side, 4) for side in (x1, y1, x2 - x1, y2 - y1)]
            conf = cut(float(scores[kept]), 3)
            found.append({"category": category, "conf": conf, "bbox": bbox})
    return sorted(found, key=lambda detection: -detection["conf"])


def print_detections(detect):
    """Runs `detect(session, picture)` on every file of a folder, and prints what it finds.

    The arguments of the script are the model and the folder. A file that is no picture gets null.
    """
    running = session(sys.argv[1])
    found = {}
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        picture = upright_bgr(path)
        found[path.name] = None if picture is None else detect(running, picture)
    json.dump(found, sys.stdout)
