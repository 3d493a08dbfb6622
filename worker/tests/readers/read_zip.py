"""Opens a zip as Python's own reader does, checks every entry, and prints
{"damaged": name or null, "entries": [{"name", "mode", "size"}, …]}. Usage: read_zip.py FILE.zip
"""

import json
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as package:
    entries = [
        {"name": info.filename, "mode": info.external_attr >> 16, "size": info.file_size}
        for info in package.infolist()
    ]
    json.dump({"damaged": package.testzip(), "entries": entries}, sys.stdout)
