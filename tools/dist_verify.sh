#!/usr/bin/env bash
# Verifies a search in several processes: tools/dist_verify.sh WORK_DIR GPUS [arguments of tools/verify.py]
# One process for each GPU takes what trainings are left; without GPUs as many as you say.
# Several machines, which share WORK_DIR: set NNODES, NODE_RANK (0 .. NNODES-1), MASTER_ADDR and PORT on each.
set -euo pipefail

if [ "$#" -lt 2 ]; then
    echo "usage: $0 WORK_DIR GPUS [arguments of tools/verify.py]" >&2
    exit 2
fi
work_dir=$1 gpus=$2
shift 2

exec "$(dirname "$0")/launch/torchrun.sh" "$gpus" \
    "$(dirname "$0")/verify.py" "$work_dir" --launcher pytorch "$@"
