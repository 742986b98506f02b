# Targets are described by the text after ##; plain `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build vendor demo run check fmt lint test race test-long bench storybook install-test-servers clean

GO      ?= go
LISTEN  ?= 127.0.0.1:8080
DATA    ?= data
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED ?= 0

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: vendor ## build ./breakwater (one static file)
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o breakwater ./cmd/breakwater

vendor: ## fetch the browser's libraries (htmx, uPlot) into web/static/vendor; without npm the pages do without
	@bash test/install/vendor.sh

demo: build ## a desk with a brand, a history and a crisis that unfolds by itself, on http://127.0.0.1:8080
	./breakwater demo --listen $(LISTEN)

run: build ## a desk of your own, kept in ./data
	./breakwater serve --listen $(LISTEN) --data $(DATA)

check: lint ## format, vet, linters
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi
	$(GO) vet ./...

fmt: ## format every Go file
	gofmt -w $$(git ls-files '*.go')

lint: ## staticcheck, errcheck, errorlint, sqlclosecheck, rowserrcheck, bodyclose, noctx, misspell (versions: test/lint/go.mod)
	@mkdir -p .bin
	cd test/lint && $(GO) build -o ../../.bin/lint . && $(GO) build -o ../../.bin/misspell github.com/golangci/misspell/cmd/misspell
	.bin/lint ./...
	.bin/misspell -error -i adres,nowe $$(git ls-files '*.go' '*.md' '*.html' ':!internal/spell/spell_test.go' ':!*/testdata/*' ':!approve/advice/lists*.go') # Polish, and mistakes that are meant

test: install-test-servers vendor ## the whole test suite; installs the servers that it needs, names the tests that could not run
	@bash test/run.sh

race: ## the fast tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short -timeout 20m ./...

test-long: race ## soak, fault and race runs
	BREAKWATER_LONG=1 bash test/run.sh
	$(GO) run ./cmd/bench hold --rounds 1000

bench: ## every benchmark with its reference, one after the other
	@for b in match query pipeline hold; do echo "== $$b"; $(GO) run ./cmd/bench $$b || exit 1; done

storybook: build ## every page in the states that hurt, on http://127.0.0.1:8080
	./breakwater storybook --listen $(LISTEN)

install-test-servers: ## what the tests talk to: Chromium, PostgreSQL, nginx, SMTP, SSH, S3, ACME, an OpenID provider, a Bluesky network (Debian, as root)
	@bash test/install/servers.sh
	@sh test/install/toxiproxy.sh
	@sh test/install/programs.sh
	@sh test/openid/install.sh || echo "test servers: the OpenID provider could not be installed; its tests will name themselves as not run" >&2
	@sh test/bluesky/install.sh || echo "test servers: the Bluesky network could not be installed; its tests will name themselves as not run" >&2

clean: ## remove what was built or fetched
	rm -rf breakwater .bin node_modules test/bluesky/node_modules test/openid/node_modules web/static/vendor test/shots test/servers
