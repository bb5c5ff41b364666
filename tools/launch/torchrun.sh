#!/usr/bin/env bash
# What dist_*.sh share: tools/launch/torchrun.sh PROCESSES [arguments of torchrun] PROGRAM [its arguments]
set -euo pipefail

processes=$1
shift

exec python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" \
    --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" \
    --master_port="${PORT:-29500}" \
    --nproc_per_node="$processes" \
    "$@"
