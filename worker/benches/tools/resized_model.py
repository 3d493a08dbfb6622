#!/usr/bin/env python3
"""Makes a variant of a model folder whose canvas has another size.

    resized_model.py MODELS_FOLDER ID SIZE OUT_FOLDER

Writes OUT_FOLDER/ID-SIZE/. The weights stay: a fully convolutional network runs on any canvas
whose sides are multiples of its stride, and only the sizes written into the file must change.
Such a variant shows what a canvas costs; what it finds is not what a model trained for it finds.
"""

import hashlib
import pathlib
import re
import shutil
import sys

import onnx


def resized(model, size):
    """The same network for a canvas of size x size; refused if its shapes do not work out."""
    graph = model.graph
    old = graph.input[0].type.tensor_type.shape.dim[2].dim_value
    for axis in (2, 3):
        graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    # Shapes inside the graph and of its outputs follow from the input's.
    del graph.value_info[:]
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    onnx.checker.check_model(inferred)
    del inferred.graph.value_info[:]
    print(f"{old} -> {size}: {[dim.dim_value for dim in inferred.graph.output[0].type.tensor_type.shape.dim]}")
    return inferred


def manifest_for(text, model_id, size, weights):
    """The manifest with the variant's id, canvas and hash."""
    fields = {
        "id": f'"{model_id}-{size}"',
        "input_size": f"[{size}, {size}]",
        "onnx_sha256": f'"{hashlib.sha256(weights).hexdigest()}"',
        "onnx_size_bytes": str(len(weights)),
    }
    for key, value in fields.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        if count != 1:
            raise ValueError(f"the manifest has {count} lines with {key}")
    return re.sub(r"(?m)^accepted_sha256 = .*\n", "", text)


def main():
    models, model_id, size, out = sys.argv[1:]
    source = pathlib.Path(models) / model_id
    target = pathlib.Path(out) / f"{model_id}-{size}"
    target.mkdir(parents=True, exist_ok=True)
    model = resized(onnx.load(source / "model.onnx"), int(size))
    weights = model.SerializeToString()
    (target / "model.onnx").write_bytes(weights)
    manifest = (source / "manifest.toml").read_text(encoding="utf-8")
    manifest = manifest_for(manifest, model_id, int(size), weights)
    (target / "manifest.toml").write_text(manifest, encoding="utf-8")
    shutil.copy(source / "labels.txt", target)


if __name__ == "__main__":
    main()
