#!/usr/bin/env bash
# Trains a detector under slurm: tools/slurm_train.sh PARTITION JOB_NAME CONFIG [WORK_DIR] [arguments of tools/train.py]
# Set GPUS (8), GPUS_PER_NODE (8, or GPUS where that is less), CPUS_PER_TASK (5) and SRUN_ARGS (none).
set -euo pipefail

if [ "$#" -lt 3 ]; then
    echo "usage: $0 PARTITION JOB_NAME CONFIG [WORK_DIR] [arguments of tools/train.py]" >&2
    exit 2
fi
partition=$1 job_name=$2 config=$3
shift 3
work_dir=()
if [ "$#" -gt 0 ] && [[ $1 != -* ]]; then
    work_dir=(--work-dir "$1")
    shift
fi

exec "$(dirname "$0")/launch/srun.sh" "$partition" "$job_name" \
    "$(dirname "$0")/train.py" "$config" --launcher slurm ${work_dir[@]+"${work_dir[@]}"} "$@"
