# Gabarit. `make run` opens the window, `make test` passes the tests; both install what they need.

CACHE  := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/gabarit
TOOLS  := $(CACHE)/toolchain
# Constant flags: a change of one recompiles go-face (2.5 CPU minutes) and Fyne (5.5).
export CXX         := $(TOOLS)/cxx-v3
export CGO_LDFLAGS := -O2 -g -L$(TOOLS)/lib
# nodynamic: HEIC is decoded by WebAssembly in its sandbox, never by a native library of the system.
TAGS   := nodynamic
LINT   := $(CACHE)/bin/golangci-lint
LINTER := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RACE   ?=
ARGS   ?=
SEED   ?=
ROUNDS ?=
SIZES  ?=
QUERIES ?=
PARTS  ?=

.DEFAULT_GOAL := help
.PHONY: help setup peers run run-checked build test race lint fuzz faults accuracy calibration bench bench-collect bench-search archives video soak rights desk golden screens picture clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: ## install packages, toolchain and models (each step skipped when done)
	@.ci/setup run

peers: ## install what accuracy and bench-collect compare to: two forms of Python's face_recognition (10 CPU minutes)
	@.ci/peers

run: setup ## build everything and open the window
	@$(MAKE) --no-print-directory build
	@build/gabarit $(ARGS)

run-checked: setup ## the window with Fyne's thread checks on
	go build -tags $(TAGS) -o build/gabarit-checked .
	build/gabarit-checked $(ARGS)

build: ## build the window and the batch program into build/
	go build -tags $(TAGS),migrated_fynedo -o build/gabarit .
	go build -tags $(TAGS) -o build/gabarit-cli ./app/cli

test: ## all tests (RACE=1: race detector; PKG=./app/cli ARGS="-run Memory -v": a part)
	@.ci/setup test
	go test -tags $(TAGS) $(if $(RACE),-race) -timeout 40m $(ARGS) $(or $(PKG),./...)

race: ## all tests with the race detector
	@$(MAKE) --no-print-directory test RACE=1

lint: $(LINT) ## formatting, import rules, documentation, vet
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(LINT) run . ./app/... ./assets/... ./engine/... ./storage/... ./ui/...

$(LINT):
	GOBIN=$(CACHE)/bin go install $(LINTER)

fuzz: ## run every fuzz target for FUZZTIME (default 30s) each
	@.ci/fuzz $(or $(FUZZTIME),30s)

faults: ## kill, fill up, write-protect, damage: some 480 faults, and a table of what came of them (SEED=n repeats)
	@.ci/setup test
	GABARIT_FAULTS=1 GABARIT_FAULTS_SEED=$(SEED) go test -tags $(TAGS) ./app -run TestFaults -count=1 -v -timeout 90m

# Without the peers (no network, say) what can be measured is measured, and what is left out is said.
accuracy: setup ## recall, precision, ranks, errors by quality on real photos in ../shared/testdata, beside face_recognition
	-@.ci/peers wheel
	GABARIT_ACCURACY=1 go test -tags $(TAGS) ./app -run TestAccuracy -count=1 -v -timeout 120m

calibration: ## wrong people in each band, strangers expected and met, on real templates in ../shared/testdata; plots in build/calibration
	GABARIT_CALIBRATION=1 go test -tags $(TAGS) ./engine/calibration -run TestCalibration -count=1 -v -timeout 60m

bench: setup ## benchmarks, with what they are compared to in the same run
	go test -tags $(TAGS) -run '^$$' -bench . -benchtime 2s ./engine/... ./storage/...

bench-collect: setup ## photos per second from file to templates, against face_recognition in the same run (ROUNDS=n)
	-@.ci/peers
	GABARIT_BENCH_COLLECT=1 GABARIT_ROUNDS=$(ROUNDS) go test -tags $(TAGS) ./app -run TestBenchCollect -count=1 -v -timeout 240m

bench-search: setup ## exact search, change and grouping against faiss, hnswlib, usearch in the same run (SIZES="100k 1M", QUERIES=n, PARTS=...)
	-@.ci/peers search
	GABARIT_BENCH_SEARCH=1 GABARIT_SIZES="$(SIZES)" GABARIT_QUERIES=$(QUERIES) GABARIT_PARTS="$(PARTS)" go test -tags $(TAGS) ./app -run TestBenchSearch -count=1 -v -timeout 240m

desk: setup ## subject requests: recall and strangers at several distances, counts and erasure on 11,000 faces (../shared/testdata)
	GABARIT_DESK=1 go test -tags $(TAGS) ./app -run 'TestDeskRecall|TestB' -count=1 -v -timeout 60m

archives: ## 50,000 images in one web archive beside a folder; readers killed and gone on with; archives by wget, warcio and wacz
	-@.ci/peers archive
	GABARIT_ARCHIVE=1 go test -tags $(TAGS) ./engine/source/archive -run 'Many|Killed|Warcio' -count=1 -v -timeout 60m

video: setup ## people found in the videos of ../shared/testdata with their times, and the cost beside face_recognition on every 10th frame
	-@.ci/peers
	GABARIT_VIDEO=1 go test -tags $(TAGS) ./app -run TestVideo -count=1 -v -timeout 30m

soak: setup ## 5,000 photos at flat memory; 2,500 with workers killed and stopped and 2,000 files mutated (SEED=n repeats)
	GABARIT_SOAK=1 GABARIT_SOAK_SEED=$(SEED) go test -tags $(TAGS) ./app -run TestSoak -count=1 -v -timeout 120m

rights: ## the acceptance cases of people's rights (letters, deadlines, requests), one line each; a missing one fails
	@.ci/setup test
	@go test -json -tags $(TAGS) -run '^Test[ABT][0-9][0-9]|^TestVectors$$' \
		$$(git grep -lE '^func Test([ABT][0-9]{2}|Vectors\()' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|') | go run ./.ci/rights

golden: ## rewrite golden files from the present output
	go test -tags $(TAGS) ./engine/rights ./ui/... -update

screens: ## drive the real window and write its pictures to build/screens
	@.ci/setup test
	go test -tags $(TAGS) . -run TestWindow -count=1 -v

picture: ## make the window's picture of the README anew, with drawn faces
	@.ci/setup test
	GABARIT_PICTURE=1 go test -tags $(TAGS) . -run TestWindowPicture -count=1 -v
	convert build/screens/readme.png +dither -colors 255 -strip PNG8:assets/readme/window.png

clean: ## remove what was built (models and the Go cache stay)
	rm -rf build
