#!/usr/bin/env bash
# Verifies a search under slurm: tools/slurm_verify.sh PARTITION JOB_NAME WORK_DIR [arguments of tools/verify.py]
# One process for each GPU takes what trainings are left; nodes share WORK_DIR.
# Set GPUS (8), GPUS_PER_NODE (8, or GPUS where that is less), CPUS_PER_TASK (5) and SRUN_ARGS (none).
set -euo pipefail

if [ "$#" -lt 3 ]; then
    echo "usage: $0 PARTITION JOB_NAME WORK_DIR [arguments of tools/verify.py]" >&2
    exit 2
fi
partition=$1 job_name=$2 work_dir=$3
shift 3

exec "$(dirname "$0")/launch/srun.sh" "$partition" "$job_name" \
    "$(dirname "$0")/verify.py" "$work_dir" --launcher slurm "$@"
