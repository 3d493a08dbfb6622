#!/usr/bin/env python3
"""Checks that a result package of the sample batch is whole.

    check_package.py FOLDER
"""

import csv
import json
import pathlib
import sys
import zipfile

# What the sample batch is made of (worker/setup/sample_batch.py).
EXPECTED = {"files": 23, "processed": 16, "failed": 2, "skipped": 5, "duplicates": 1, "truncated": 1}


def main() -> int:
    package = pathlib.Path(sys.argv[1])
    counts = json.loads((package / "run.json").read_text(encoding="utf-8"))["counts"]
    found = {name: counts[name] for name in EXPECTED}
    expect(found, EXPECTED, "the counts in run.json")

    images = EXPECTED["processed"] + EXPECTED["failed"]
    with zipfile.ZipFile(package / "results.xlsx") as workbook:
        expect(workbook.testzip(), None, "damaged parts of results.xlsx")
    with open(package / "images.csv", encoding="utf-8", newline="") as table:
        expect(sum(1 for _ in csv.DictReader(table)), images, "the rows of images.csv")
    with open(package / "detections.csv", encoding="utf-8", newline="") as table:
        if not list(csv.DictReader(table)):
            raise SystemExit("detections.csv has no rows: the model found nothing at all")

    listed = json.loads((package / "megadetector.json").read_text(encoding="utf-8"))["images"]
    expect(len(listed), images, "the images in megadetector.json")
    expect(sum(1 for image in listed if image.get("failure")), EXPECTED["failed"], "its failures")
    report = (package / "report.html").read_text(encoding="utf-8")
    expect(report.count("<svg ") >= 4, True, "at least four plots in report.html")
    expect("data:image/jpeg;base64," in report, True, "pictures in report.html")
    if not any(path.is_file() for path in (package / "annotated").rglob("*")):
        raise SystemExit("there is no annotated copy")
    print(f"The package {package} is whole: {found}")
    return 0


def expect(found, wanted, what: str) -> None:
    if found != wanted:
        raise SystemExit(f"{what}: found {found}, expected {wanted}")


if __name__ == "__main__":
    sys.exit(main())
