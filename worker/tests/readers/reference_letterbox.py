"""Prints how MegaDetector's classic mode letterboxes pictures, written down once more.

For each picture: the width and height of its canvas, and where the canvas points (100, 100) and
(500, 400) lie in it, [x, y, x, y] in its own pixels. Standard output is a list of them.
Usage: reference_letterbox.py WIDTHxHEIGHT…
"""

import json
import sys

SIDE = 1280
STRIDE = 64
POINTS = (100, 100, 500, 400)


def letterbox(width, height):
    ratio = min(SIDE / height, SIDE / width)
    # Python rounds halves to even.
    resized = (round(width * ratio), round(height * ratio))
    # What is missing to a square, less all whole strides of it.
    canvas = [side + (SIDE - side) % STRIDE for side in resized]
    # The way back starts from the two sizes alone.
    gain = min(canvas[0] / width, canvas[1] / height)
    pads = [(canvas[0] - width * gain) / 2, (canvas[1] - height * gain) / 2] * 2
    return canvas, [(point - pad) / gain for point, pad in zip(POINTS, pads)]


sizes = [[int(side) for side in size.split("x")] for size in sys.argv[1:]]
json.dump([letterbox(*size) for size in sizes], sys.stdout)
