#!/usr/bin/env bash
# Searches under slurm: tools/slurm_search.sh PARTITION JOB_NAME CONFIG [WORK_DIR] [arguments of tools/search.py]
# Set PROCESSES (8), PROCESSES_PER_NODE (8, or PROCESSES where that is less), CPUS_PER_TASK (1) and SRUN_ARGS (none;
# for Monte-Carlo scores on GPUs, for example, --gres=gpu:8).
set -euo pipefail

if [ "$#" -lt 3 ]; then
    echo "usage: $0 PARTITION JOB_NAME CONFIG [WORK_DIR] [arguments of tools/search.py]" >&2
    exit 2
fi
partition=$1 job_name=$2 config=$3
shift 3
work_dir=()
if [ "$#" -gt 0 ] && [[ $1 != -* ]]; then
    work_dir=(--work-dir "$1")
    shift
fi
processes=${PROCESSES:-8}
per_node=${PROCESSES_PER_NODE:-$((processes < 8 ? processes : 8))}
read -ra srun_args <<<"${SRUN_ARGS:-}"

exec srun \
    --partition="$partition" \
    --job-name="$job_name" \
    --ntasks="$processes" \
    --ntasks-per-node="$per_node" \
    --cpus-per-task="${CPUS_PER_TASK:-1}" \
    --kill-on-bad-exit=1 \
    ${srun_args[@]+"${srun_args[@]}"} \
    python -u "$(dirname "$0")/search.py" "$config" --launcher slurm ${work_dir[@]+"${work_dir[@]}"} "$@"
