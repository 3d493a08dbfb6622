# Everything a newcomer, a developer or CI does has a target here; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TARGET := $(or $(CARGO_TARGET_DIR),target)
# How programs are built that `make run` starts; `make run PROFILE=dev` takes those of the tests.
PROFILE ?= release
BUILT ?= $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
SETUP := worker/setup

# `make run INPUT="/media/card 1"`: handed on in the environment, so that spaces survive.
export INPUT OUT MODEL ARGS
export WORKER := $(BUILT)/trapline-worker

.PHONY: help install uninstall run build test test-models test-pages bench bench-peers bench-service bench-pages lint audit setup setup-gpu model sample page-scripts test-quick preflight clean distclean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: build ## Start the service; or process INPUT=zip-or-folder into OUT=folder-or-zip
	@bash $(SETUP)/$(if $(INPUT),process,serve).sh

build: setup ## Build the program and fetch the library and model that it needs
	cargo build --profile $(PROFILE) --locked
	@id=$$(bash $(SETUP)/model.sh $$MODEL) && echo "$(WORKER) is ready, with the model $$id"

test: setup sample ## Install what the tests need and run all of them
	@bash $(SETUP)/test_tools.sh
	@bash systemd/check.sh
	cargo test --workspace --locked --no-run
	@WORKER=$(TARGET)/debug/trapline-worker bash $(SETUP)/test_models.sh
	@WEB=$(TARGET)/debug/trapline-web WORKER=$(TARGET)/debug/trapline-worker bash systemd/nginx/check_upload.sh
	@WEB=$(TARGET)/debug/trapline-web WORKER=$(TARGET)/debug/trapline-worker bash web/tests/browser/run.sh
	cargo test --workspace --locked

test-quick: setup ## Run the tests that need no other programs: no Redis, nginx or browser
	cargo test --workspace --lib --bins --locked

test-pages: ## Walk through the pages in a browser again, after `make test`
	@WEB=$(TARGET)/debug/trapline-web WORKER=$(TARGET)/debug/trapline-worker bash web/tests/browser/run.sh

test-models: ## Run the tests of real models again, after `make test`
	@WORKER=$(TARGET)/debug/trapline-worker bash $(SETUP)/test_models.sh
	cargo test --workspace --locked --test real_models --test parity

install: ## Install what was built, for systemd (PREFIX=/usr/local, DESTDIR=)
	@BUILT=$(BUILT) bash systemd/install.sh

uninstall: ## Remove it again; settings, jobs and models stay
	@bash systemd/uninstall.sh

bench: build sample ## Measure speed and memory on a batch that it makes
	@bash worker/benches/tools/venv.sh var/bench-venv worker/benches/tools/requirements.txt
	cargo bench --locked --package trapline-worker --bench pipeline

bench-peers: build sample ## Compare speed with other programs on the same pictures
	@bash worker/benches/peers/run.sh

bench-service: build sample ## Measure the service: two workers against one, a small job beside a big one
	@python3 worker/benches/service/measure.py $(BUILT) var

bench-pages: build ## Measure how soon the first of 100,000 pictures is on the screen
	cargo build --profile $(PROFILE) --locked --workspace --examples
	@bash web/tests/browser/first_picture.sh $(BUILT)

lint: page-scripts ## Check format, lints, documentation, scripts and licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked
	bash $(SETUP)/check_scripts.sh
	bash $(SETUP)/cargo_deny.sh check licenses bans sources

audit: preflight ## Look for known vulnerabilities in the dependencies (needs github.com)
	bash $(SETUP)/cargo_deny.sh check advisories

setup: page-scripts ## Fetch ONNX Runtime's shared library and the pages' scripts by others
	@bash $(SETUP)/onnxruntime.sh

setup-gpu: preflight ## Fetch the build of ONNX Runtime with CUDA and TensorRT instead
	@bash $(SETUP)/onnxruntime.sh gpu

model: build ## Ask for the default model again (or for MODEL=id)
	@bash $(SETUP)/model.sh $${MODEL:-again}

sample: preflight ## Make the sample batch var/sample.zip
	@bash $(SETUP)/sample_batch.sh

page-scripts: preflight
	@python3 $(SETUP)/npm_files.py $(SETUP)/requirements/page-scripts.txt var/page-scripts

preflight:
	@bash $(SETUP)/preflight.sh

clean: ## Remove what was built; keep models, the library and results
	cargo clean
	rm -rf var/tools var/*-venv var/bench-batches

distclean: clean ## Remove models, the library, the sample batch and all results too
	rm -rf var web/tests/browser/node_modules
