#!/usr/bin/env bash
# Puts ONNX Runtime's shared library into var/onnxruntime/. `onnxruntime.sh gpu` takes the build
# with CUDA and TensorRT; a later plain call keeps it, `onnxruntime.sh cpu` goes back.
set -euo pipefail
cd "$(dirname "$0")/../.."

runtime=var/onnxruntime
variant=${1:-}
if [ -z "$variant" ]; then
    variant=cpu
    if [ -e "$runtime/libonnxruntime_providers_cuda.so" ]; then variant=gpu; fi
fi
case $variant in
cpu) pins=onnxruntime ;;
gpu) pins=onnxruntime-gpu ;;
*)
    echo "usage: onnxruntime.sh [cpu|gpu]" >&2
    exit 2
    ;;
esac
if [ "$variant" = gpu ] && [ "$(uname -m)" != x86_64 ]; then
    echo "set-up: PyPI has onnxruntime-gpu for x86_64 only; this is $(uname -m)." >&2
    exit 1
fi

python3 worker/setup/wheel.py "worker/setup/requirements/$pins.txt" "$runtime" --flat \
    --member 'onnxruntime/capi/libonnxruntime*.so*' \
    --member 'onnxruntime/LICENSE' --member 'onnxruntime/ThirdPartyNotices.txt'
echo "ONNX Runtime ($variant): $(echo "$runtime"/libonnxruntime.so.*)"
