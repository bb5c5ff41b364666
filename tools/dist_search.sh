#!/usr/bin/env bash
# Searches in several processes: tools/dist_search.sh CONFIG PROCESSES [arguments of tools/search.py]
# Several machines: set NNODES, NODE_RANK (0 .. NNODES-1), MASTER_ADDR and PORT on each.
# MAX_RESTARTS (0): how often all processes are started again, and go on, after one has died.
set -euo pipefail

if [ "$#" -lt 2 ]; then
    echo "usage: $0 CONFIG PROCESSES [arguments of tools/search.py]" >&2
    exit 2
fi
config=$1 processes=$2
shift 2

exec "$(dirname "$0")/launch/torchrun.sh" "$processes" --max_restarts="${MAX_RESTARTS:-0}" \
    "$(dirname "$0")/search.py" "$config" --launcher pytorch "$@"
