# Two commands do everything on a fresh Debian 12, Ubuntu 24.04 or newer: `make run` and `make test`.
# Give pip your own options with PIP_OPTIONS, say for the small CPU build of torch:
#   make run PIP_OPTIONS="--extra-index-url ADDRESS"    with the address from PyTorch's installation page

PYTHON ?= python3
PIP_OPTIONS ?=
BENCH_OPTIONS ?=
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench

# What Qt needs to draw at all, and what a real window needs on top (see README for other systems).
SYSTEM_PACKAGES := fonts-dejavu-core libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 \
	libxkbcommon0 libx11-6 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 \
	libxcb-randr0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1

.PHONY: run test check soak lint bench gpu format system translations clean

run: $(VENV)/.installed
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec $(BIN)/ddpm-studio; \
	else \
		echo "There is no display here, so the tour is run instead: pictures of every stage go to tour/."; \
		QT_QPA_PLATFORM=offscreen exec $(BIN)/ddpm-studio tour --out tour --force; \
	fi

# A process a core, each with one thread to compute. The long rest, more examples of each property, and what reads clocks,
# which runs alone at the end, are in `check`.
WORKERS ?= auto
PYTEST := QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest
AT_ONCE := -n $(WORKERS) --dist worksteal

test: $(VENV)/.installed-test
	$(PYTEST) $(AT_ONCE) --hypothesis-profile few -m "not (long or clock or soak)"

check: $(VENV)/.installed-test
	$(PYTEST) $(AT_ONCE) -m "(long or property) and not (clock or soak)"
	$(PYTEST) -m "clock and not soak"

# The long versions of the figures in resources/docs/reliability.md; the table is printed and left in soak.md.
soak: $(VENV)/.installed-test
	$(PYTEST) -m soak --figures soak.md

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Twelve minutes: ours beside denoising-diffusion-pytorch and beside the machine's limit, see tests/bench/README.md.
# Parts of it with BENCH_OPTIONS, say "--only forward step".
bench: $(BENCH)/.installed
	$(BENCH)/bin/python -m tests.bench.speed $(BENCH_OPTIONS)

# On a machine with a card, in at most eight minutes, with whatever Python has torch there: no PySide6 is needed.
GPU_PYTHON ?= $(PYTHON)
gpu:
	$(GPU_PYTHON) -m tests.bench.gpu

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# lupdate reads the sources, lrelease compiles what translators wrote.
translations: $(VENV)/.installed-test
	$(BIN)/pyside6-lupdate -no-obsolete -locations none $$(git ls-files 'studio/*.py' 'core/*.py') -ts resources/i18n/zh_CN.ts
	for ts in resources/i18n/*.ts; do $(BIN)/pyside6-lrelease -silent $$ts; done

# Installs the missing system libraries where that is allowed, else prints the command that does.
system:
	@command -v dpkg-query >/dev/null || exit 0; \
	missing=""; \
	$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || missing=" python3-venv"; \
	for package in $(SYSTEM_PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package $${package}t64 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=""; \
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo"; \
	else echo "These system libraries are missing. Install them with:"; echo "  sudo apt-get install$$missing"; exit 0; fi; \
	echo "Installing system libraries:$$missing"; \
	$$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null

$(VENV)/bin/python: | system
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q $(PIP_OPTIONS) -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q $(PIP_OPTIONS) -e '.[test]'
	@touch $@ $(VENV)/.installed

# An environment of its own that sees ours: the library comes without its dependencies, and never into ours.
SITE_PACKAGES := -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
$(BENCH)/.installed: $(VENV)/.installed
	$(PYTHON) -m venv --clear $(BENCH)
	$(BIN)/python $(SITE_PACKAGES) >$$($(BENCH)/bin/python $(SITE_PACKAGES))/ours.pth
	$(BENCH)/bin/python -m pip install --disable-pip-version-check -q $(PIP_OPTIONS) --no-deps \
		denoising-diffusion-pytorch==2.3.4 packaging
	@touch $@

clean:
	rm -rf $(VENV) $(BENCH) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
