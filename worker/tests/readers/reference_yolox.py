"""Prints what YOLOX's own way through a picture finds: {file: [{category, conf, bbox}, …]}.

Written down once more from YOLOX's published demo for ONNX Runtime, independently of the worker:
plain OpenCV bilinear, top-left letterbox with cut-off sides, BGR from 0 to 255, boxes grown from
their cells, overlaps measured as the demo measures them. It differs from the demo in what the
worker promises: classes that are no category go first, and suppression stays within a category.
Usage: reference_yolox.py MODEL.onnx FOLDER
"""

import cv2
import numpy as np

from reference_pictures import detections, print_detections

SIDE = 416
STRIDES = (8, 16, 32)
PAD = 114


def canvas_of(picture):
    """The model's input, and how many of its pixels make one pixel of the picture."""
    height, width = picture.shape[:2]
    ratio = min(SIDE / height, SIDE / width)
    size = (int(width * ratio), int(height * ratio))
    canvas = np.full((SIDE, SIDE, 3), PAD, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return canvas.transpose(2, 0, 1)[None].astype(np.float32), ratio


def grown(raw):
    """Centres and sizes in canvas pixels from the raw output [anchors, 85]."""
    cells, strides = [], []
    for stride in STRIDES:
        count = SIDE // stride
        rows, columns = np.mgrid[:count, :count]
        cells.append(np.stack((columns, rows), axis=-1).reshape(-1, 2))
        strides.append(np.full((count * count, 1), stride))
    cells, strides = np.concatenate(cells), np.concatenate(strides)
    return (raw[:, :2] + cells) * strides, np.exp(raw[:, 2:4]) * strides


def detect(running, picture):
    canvas, ratio = canvas_of(picture)
    (raw,) = running.run(None, {running.get_inputs()[0].name: canvas})[0]
    centres, sizes = grown(raw)
    corners = np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=1) / ratio
    weighted = raw[:, 4:5] * raw[:, 5:]
    scores, classes = weighted.max(axis=1), weighted.argmax(axis=1)
    return detections(picture, corners, scores, classes, last_pixel=1)


print_detections(detect)
