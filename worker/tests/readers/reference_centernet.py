"""Prints what CenterNet finds: {file: [{category, conf, bbox}, …]}, independently of the worker.

The picture is stretched to 512 × 512 by antialiased bilinear resizing, which is this project's
choice: a triangle as wide as two pixels of the smaller of the two images, across and then down,
each rounded to bytes (as Pillow does it). RGB from 0 to 255; the graph ends in rows of corners
(canvas pixels), score and class.
One cell can name several classes; those of one category are suppressed like boxes.
Usage: reference_centernet.py MODEL.onnx FOLDER
"""

import numpy as np

from reference_pictures import detections, print_detections

SIDE = 512


def weights(source):
    """What each of `source` pixels gives to each of the canvas' pixels: [SIDE, source]."""
    step = source / SIDE
    centres = (np.arange(SIDE) + 0.5) * step
    distances = np.abs(np.arange(source) + 0.5 - centres[:, None])
    triangle = (1 - distances / max(step, 1)).clip(0)
    return (triangle / triangle.sum(axis=1, keepdims=True)).astype(np.float32)


def canvas_of(picture):
    height, width = picture.shape[:2]
    planes = picture[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)
    across = np.floor(planes @ weights(width).T + 0.5)
    return np.floor(weights(height) @ across + 0.5)[None]


def detect(running, picture):
    (rows,) = running.run(None, {running.get_inputs()[0].name: canvas_of(picture)})[0]
    height, width = picture.shape[:2]
    corners = rows[:, :4] * (np.array((width, height, width, height)) / SIDE)
    return detections(picture, corners, rows[:, 4], rows[:, 5].astype(int))


print_detections(detect)
