"""Runs MegaDetector's own validator over files; prints [{"errors": […], "warnings": […]}, …].

Its module imports OpenCV and more for two small functions that have nothing to do with JSON
files of images; they are replaced here, so that the validator runs on its own.
Usage: validate_json.py FILE.json…
"""

import json
import sys
import types

VIDEO_ENDINGS = (".mp4", ".avi", ".mpeg", ".mpg", ".mov", ".mkv", ".flv")


def replace_module(name, **members):
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


replace_module(
    "megadetector.detection.video_utils",
    is_video_file=lambda path: path.lower().endswith(VIDEO_ENDINGS),
)
replace_module("megadetector.utils.ct_utils", args_to_object=None, is_list_sorted=None)

from megadetector.postprocessing.validate_batch_results import validate_batch_results  # noqa: E402

results = [validate_batch_results(path)["validation_results"] for path in sys.argv[1:]]
json.dump([{key: result[key] for key in ("errors", "warnings")} for result in results], sys.stdout)
