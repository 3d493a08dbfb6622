#!/usr/bin/env bash
# Makes var/sample.zip from public-domain pictures, unless it is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."

pins=worker/setup/requirements
recipe=$(cat "$pins/pictures.txt" "$pins/pillow.txt" worker/setup/sample_batch.py | sha256sum)
stamp=var/tools/sample-batch.stamp
if [ -s var/sample.zip ] && [ "$(cat "$stamp" 2>/dev/null)" = "$recipe" ]; then exit 0; fi

python3 worker/setup/wheel.py "$pins/pictures.txt" var/tools/pictures --flat \
    --member 'skimage/data/*.png' --member 'skimage/data/*.jpg'
python3 worker/setup/wheel.py "$pins/pillow.txt" var/tools/pillow --for-this-python
PYTHONPATH=var/tools/pillow python3 worker/setup/sample_batch.py var/tools/pictures var/sample.zip
echo "$recipe" >"$stamp"
