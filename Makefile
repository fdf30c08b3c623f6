# `make` alone prints the targets. Everything a target needs that is missing is installed by it, without root, below artifacts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 3000
DATA ?= artifacts/local
TIER ?= embedded
CONSUMERS ?= 1
ARCHIVE ?=
CONFIGURATION ?= Release

pipeline_dll := artifacts/build/bin/Pipeline.Cli/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/pipeline.dll
pipeline := dotnet $(pipeline_dll)
npm_stamp := artifacts/npm/.installed
sources := $(shell find schemas buffer gateway consumers storage cli infra/Pipeline.ServiceDefaults -type f \( -name "*.cs" -o -name "*.csproj" -o -name "*.sql" -o -name "*.proto" \) -not -path "*/obj/*" 2>/dev/null) \
	Directory.Build.props Directory.Packages.props .editorconfig

.PHONY: help build run demo test test-faults fault bench bench-soak bench-outage bench-replay lint fix check clean install-local install-kafka-client

help: ## Print the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 24

$(pipeline_dll): $(sources)
	@dotnet build cli/Pipeline.Cli/Pipeline.Cli.csproj -c $(CONFIGURATION) --nologo -v quiet -clp:NoSummary
	@touch $@

build: $(pipeline_dll) ## Build the `pipeline` executable

install-local: ## Install the embedded engine, Postgres and the client SDKs below artifacts/
	@infra/local/install.sh

install-kafka-client: ## Install librdkafka below artifacts/ unless the system has it
	@infra/local/install-librdkafka.sh artifacts/native

run: $(pipeline_dll) install-local ## Start a pipeline and serve until Ctrl-C (PORT=3000 DATA=artifacts/local TIER=embedded|kafka CONSUMERS=1 ARCHIVE=1)
	@if [ "$(TIER)" = kafka ]; then infra/local/install-librdkafka.sh artifacts/native; fi
	@exec $(pipeline) local --port $(PORT) --data $(DATA) --tier $(TIER) --consumers $(CONSUMERS) $(if $(filter 1,$(ARCHIVE)),--archive)

demo: $(pipeline_dll) install-local ## Send real SDK traffic, kill the consumer in the middle, prove nothing is lost or doubled
	@infra/local/demo.sh $(pipeline_dll)

test: install-local ## Run every test; what needs Kafka runs when KAFKA_HOME or KAFKA_BOOTSTRAP_SERVERS is set
	@if [ -n "$$KAFKA_HOME$$KAFKA_BOOTSTRAP_SERVERS" ]; then infra/local/install-librdkafka.sh artifacts/native; fi
	@infra/local/test.sh

test-faults: install-local ## Run the long fault tests: kills, outages, cut and lost requests (docs/faults.md)
	@if [ -n "$$KAFKA_HOME$$KAFKA_BOOTSTRAP_SERVERS" ]; then infra/local/install-librdkafka.sh artifacts/native; fi
	@PIPELINE_FAULT_ROUNDS=20 infra/local/test.sh 'Category=Faults'

fault: install-local ## Repeat one run of every test that chooses at random (SEED=n, as a failed test prints it)
	@[ -n "$(SEED)" ] || { echo "usage: make fault SEED=n" >&2; exit 2; }
	@if [ -n "$$KAFKA_HOME$$KAFKA_BOOTSTRAP_SERVERS" ]; then infra/local/install-librdkafka.sh artifacts/native; fi
	@PIPELINE_SEED=$(SEED) infra/local/test.sh '$(or $(FILTER),Seed=Honoured|FullyQualifiedName~RandomFaultTests)'

bench: $(pipeline_dll) install-local ## Measure CPU-seconds per million events against floors; writes artifacts/bench/results.json
	@if [ -n "$$KAFKA_HOME$$KAFKA_BOOTSTRAP_SERVERS" ]; then infra/local/install-librdkafka.sh artifacts/native; fi
	@dotnet build loadtests/Pipeline.Benchmarks/Pipeline.Benchmarks.csproj -c Release --nologo -v quiet -clp:NoSummary
	@dotnet artifacts/build/bin/Pipeline.Benchmarks/release/pipeline-bench.dll

bench-soak: $(pipeline_dll) install-local ## Run the whole pipeline for ten minutes at 12,000 observations/s: rate, memory, exactness (BENCH_SECONDS BENCH_RATE)
	@infra/local/install-librdkafka.sh artifacts/native
	@dotnet build loadtests/Pipeline.Benchmarks/Pipeline.Benchmarks.csproj -c Release --nologo -v quiet -clp:NoSummary
	@dotnet artifacts/build/bin/Pipeline.Benchmarks/release/pipeline-bench.dll soak

bench-outage: $(pipeline_dll) install-local ## Take the store away for ten minutes at 2,000 observations/s: latency, drain rate, exactness (BENCH_SECONDS BENCH_RATE)
	@infra/local/install-librdkafka.sh artifacts/native
	@dotnet build loadtests/Pipeline.Benchmarks/Pipeline.Benchmarks.csproj -c Release --nologo -v quiet -clp:NoSummary
	@dotnet artifacts/build/bin/Pipeline.Benchmarks/release/pipeline-bench.dll outage

bench-replay: $(pipeline_dll) install-local ## Replay 5,000 failed batches beside 2,000 observations/s, killed twice, then all of it once more (BENCH_BATCHES BENCH_RATE)
	@infra/local/install-librdkafka.sh artifacts/native
	@dotnet build loadtests/Pipeline.Benchmarks/Pipeline.Benchmarks.csproj -c Release --nologo -v quiet -clp:NoSummary
	@dotnet artifacts/build/bin/Pipeline.Benchmarks/release/pipeline-bench.dll replay

lint: ## Check formatting and style
	@dotnet format Pipeline.sln --verify-no-changes --no-restore

fix: ## Apply formatting and style
	@dotnet format Pipeline.sln

check: lint test ## What a reviewer runs before anything else

clean: ## Remove everything that was built or installed
	@rm -rf artifacts
