# Two targets do everything: `make demo` and `make test`. They need Python, a C++ compiler and make;
# the rest is installed into .venv, once.

PYTHON ?= python3
IN_VENV := .venv/bin/python
DEMO := work_dirs/pis_digits
DETECTOR := $(DEMO)/pis_digits_verified_detector.py
EXPORTED := $(DEMO)/detector.onnx

# The demo and the tests fit a CPU, so that a machine with a GPU needs no CUDA toolkit for them.
# To use a GPU: `make CUDA_VISIBLE_DEVICES=0 demo`.
export CUDA_VISIBLE_DEVICES :=
# The feature maps are tiny: more threads gain little, and much is lost where others use the cores.
export OMP_NUM_THREADS := 1

.PHONY: help demo test lint clean

help:
	@echo 'make demo    search a backbone, verify it, train its detector from scratch, evaluate and export it, on embedded data'
	@echo 'make test    linters, types and tests'
	@echo 'make lint    linters and types only'
	@echo 'make clean   remove the environment and the caches'
	@echo 'Another Python: make PYTHON=python3.11 demo'

# The search needs no torch: it runs before the long installation of the detector stack begins. The
# verification is a sketch of one: so few steps tell nothing apart, and it says so.
demo: .venv/search.installed
	$(IN_VENV) tools/search.py configs/pis_digits.py
	@$(MAKE) --silent .venv/detection.installed
	$(IN_VENV) tools/make_digits.py data/digits
	$(IN_VENV) tools/verify.py $(DEMO) --jobs 2 --cfg-options verify.type=BriefTraining verify.top_k=2 verify.steps=80 \
		verify.rungs=2 "verify.seeds=[0,1]" verify.baselines.seed=configs/gfl/gfl_c2f-seed_fpn_5e_digits.py
	$(IN_VENV) tools/analysis_tools/report.py $(DEMO)
	$(IN_VENV) tools/train.py $(DETECTOR) --work-dir $(DEMO)/detector
	$(IN_VENV) tools/test.py $(DETECTOR) "$$(cat $(DEMO)/detector/last_checkpoint)" --work-dir $(DEMO)/detector \
		--show-dir shown --cfg-options default_hooks.visualization.score_thr=0.5
	$(IN_VENV) tools/deployment/export.py $(DETECTOR) "$$(cat $(DEMO)/detector/last_checkpoint)" --out $(EXPORTED)
	$(IN_VENV) tools/deployment/predict.py $(EXPORTED) data/digits/val/val_000000.png --out $(DEMO)/predicted
	$(IN_VENV) tools/analysis_tools/demo_summary.py $(DEMO) $(DEMO)/detector

test: lint
	$(IN_VENV) -m pytest

lint: .venv/detection.installed
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m mypy

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/search.installed: pyproject.toml constraints.txt
	@PYTHON='$(PYTHON)' tools/dev/install.sh search
	@touch $@

.venv/detection.installed: .venv/search.installed
	@PYTHON='$(PYTHON)' tools/dev/install.sh detection
	@touch $@
