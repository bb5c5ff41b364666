#!/usr/bin/env bash
# Evaluates a detector under slurm: tools/slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT [arguments of tools/test.py]
# Set GPUS (8), GPUS_PER_NODE (8, or GPUS where that is less), CPUS_PER_TASK (5) and SRUN_ARGS (none).
set -euo pipefail

if [ "$#" -lt 4 ]; then
    echo "usage: $0 PARTITION JOB_NAME CONFIG CHECKPOINT [arguments of tools/test.py]" >&2
    exit 2
fi
partition=$1 job_name=$2 config=$3 checkpoint=$4
shift 4

exec "$(dirname "$0")/launch/srun.sh" "$partition" "$job_name" \
    "$(dirname "$0")/test.py" "$config" "$checkpoint" --launcher slurm "$@"
