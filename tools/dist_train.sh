#!/usr/bin/env bash
# Trains a detector on several GPUs: tools/dist_train.sh CONFIG GPUS [arguments of tools/train.py]
# Several machines: set NNODES, NODE_RANK (0 .. NNODES-1), MASTER_ADDR and PORT on each.
set -euo pipefail

if [ "$#" -lt 2 ]; then
    echo "usage: $0 CONFIG GPUS [arguments of tools/train.py]" >&2
    exit 2
fi
config=$1 gpus=$2
shift 2

exec "$(dirname "$0")/launch/torchrun.sh" "$gpus" \
    "$(dirname "$0")/train.py" "$config" --launcher pytorch "$@"
