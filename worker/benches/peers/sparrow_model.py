#!/usr/bin/env python3
"""Makes a YOLOX model folder that SPARROW-Engine can run.

    sparrow_model.py MODELS_FOLDER ID OUT_FOLDER

SPARROW-Engine has no decoder for YOLOX's raw output, but one for YOLOv5's, which has the same
columns already in pixels. So the few operations between the two are put behind the network:
xy = (xy + cell) * stride, wh = exp(wh) * stride (Ge et al., "YOLOX: Exceeding YOLO Series in
2021"). The weights are the same.
"""

import pathlib
import shutil
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

STRIDES = (8, 16, 32)

MANIFEST = """\
[model]
id = "{id}"
format = "onnx"
file = "model.onnx"

[preprocessing]
method = "letterbox"
input_size = [{side}, {side}]
layout = "nchw"
normalization = "none"
channel_order = "bgr"
pad_value = 114.0
interpolation = "bilinear"

[inference]
strategy = "single"

[postprocessing]
method = "megadet_v5a"
confidence_threshold = 0.005
iou_threshold = 0.45
max_detections = 300

[labels]
file = "labels.txt"
format = "one_per_line"
"""


def cells(side):
    """Column and row of each anchor's cell, and its stride, in the order of the output."""
    grids, strides = [], []
    for stride in STRIDES:
        count = side // stride
        rows, columns = np.mgrid[0:count, 0:count]
        grids.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((count * count, 1), stride))
    return (
        np.concatenate(grids)[None].astype(np.float32),
        np.concatenate(strides)[None].astype(np.float32),
    )


def with_pixels(model):
    """The network with boxes in pixels of the canvas."""
    graph = model.graph
    side = graph.input[0].type.tensor_type.shape.dim[2].dim_value
    output = graph.output[0].name
    for node in graph.node:
        node.output[:] = ["raw" if name == output else name for name in node.output]
    grid, strides = cells(side)
    constants = {
        "grid": grid,
        "strides": strides,
        "last_axis": np.array([2], np.int64),
        "at_0": np.array([0], np.int64),
        "at_2": np.array([2], np.int64),
        "at_4": np.array([4], np.int64),
        "at_end": np.array([2**31 - 1], np.int64),
    }
    for name, value in constants.items():
        graph.initializer.append(numpy_helper.from_array(value, name))
    graph.node.extend(
        [
            helper.make_node("Slice", ["raw", "at_0", "at_2", "last_axis"], ["raw_xy"]),
            helper.make_node("Slice", ["raw", "at_2", "at_4", "last_axis"], ["raw_wh"]),
            helper.make_node("Slice", ["raw", "at_4", "at_end", "last_axis"], ["scores"]),
            helper.make_node("Add", ["raw_xy", "grid"], ["cell_xy"]),
            helper.make_node("Mul", ["cell_xy", "strides"], ["xy"]),
            helper.make_node("Exp", ["raw_wh"], ["cell_wh"]),
            helper.make_node("Mul", ["cell_wh", "strides"], ["wh"]),
            helper.make_node("Concat", ["xy", "wh", "scores"], [output], axis=2),
        ]
    )
    onnx.checker.check_model(model)
    return model, side


def main():
    models, model_id, out = sys.argv[1:]
    source = pathlib.Path(models) / model_id
    target = pathlib.Path(out) / model_id
    target.mkdir(parents=True, exist_ok=True)
    model, side = with_pixels(onnx.load(source / "model.onnx"))
    onnx.save(model, target / "model.onnx")
    manifest = MANIFEST.format(id=model_id, side=side)
    (target / "manifest.toml").write_text(manifest, encoding="utf-8")
    shutil.copy(source / "labels.txt", target)


if __name__ == "__main__":
    main()
