# Needs Python 3.10 to 3.13 with venv, and make. Everything else is installed into .venv.

IN_RANGE = import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
    $$python -c '$(IN_RANGE)' 2>/dev/null && echo $$python && exit; done; echo python3)
RUN = .venv/bin/python -m
READY = .venv/.installed
AXE = tests/browser/node_modules/axe-core/axe.min.js
PRETTIER = tests/browser/node_modules/.bin/prettier
PAGE = tests/browser/hosted/node_modules/.bin/esbuild

# The second set of versions, tests/hosted.txt. pyenv may have its Python without having it on the path.
PYTHON_HOSTED ?= python3.13
FOUND_HOSTED = $(shell for python in $(PYTHON_HOSTED) "`pyenv prefix 3.13 2>/dev/null`/bin/python3.13"; do \
    "$$python" -c 'import ensurepip' 2>/dev/null && echo "$$python" && exit; done)
RUN_HOSTED = .venv-hosted/bin/python -m

.PHONY: help lab classroom test lint unit doctest js nbval browser hosted hosted-checks soak bench notebooks translations pictures site stamp
.NOTPARALLEL:

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# default_url, so that the address it prints leads to the notebook too
lab: $(READY) ## set up, then open JupyterLab on the first notebook; ARGS=--no-browser passes an option on
	$(RUN) jupyter lab --LabApp.default_url=/lab/tree/00_start_here.ipynb $(ARGS) notebooks

# not those of the shell: they decide who can reach this machine
ADDRESS = 127.0.0.1
PORT = 8866
classroom: $(READY) ## set up, then serve the notebooks' tools without code, to this machine only; see README.md
	.venv/bin/python tools/classroom.py --address $(ADDRESS) --port $(PORT)

test: lint unit doctest js nbval browser ## set up, then run every check: lint, unit, doctest, js, nbval, browser

lint: $(READY) $(PRETTIER)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@if test -x $(PRETTIER); then $(PRETTIER) --check 'widgets/**/*.js' 'tests/**/*.{js,mjs}' 'benchmarks/*.js'; else \
	    echo "SKIPPED the format of the JavaScript: prettier is missing."; \
	    echo "To get it: make lint, with npm and the network"; test "$$CI" != true; fi

unit: $(READY)
	$(RUN) pytest -n 2 --ignore=tests/browser tests

doctest: $(READY)
	$(RUN) pytest --doctest-modules widgets

js:
	@if command -v node >/dev/null; then node --test tests/*/*.test.mjs; else \
	    echo "SKIPPED the JavaScript tests: node is missing."; \
	    echo "To install it: sudo apt-get install nodejs, or: brew install node"; test "$$CI" != true; fi

# loadfile keeps the cells of one notebook in one kernel.
nbval: $(READY)
	$(RUN) pytest --nbval --nbval-current-env --nbval-cell-timeout 300 -n 2 --dist loadfile notebooks

# Skips itself, saying why, where there is no Chromium. One browser alone: make browser BROWSERS='-n 0'
BROWSERS = -n 2 --dist worksteal
browser: $(READY) $(AXE)
	$(RUN) pytest -rs $(BROWSERS) tests/browser

# The hosted versions write some outputs otherwise, so that the notebooks are run there, on a page made of the service's
# own widget manager, and not compared; what they say is judged on the newest.
hosted: ## the same checks on the versions of the hosted notebook service, tests/hosted.txt, in .venv-hosted
	@python="$(FOUND_HOSTED)"; if test -n "$$python"; then $(MAKE) hosted-checks FOUND_HOSTED="$$python"; else \
	    echo "SKIPPED the hosted versions: Python 3.13 with venv is missing."; \
	    echo "To install it: pyenv install 3.13, or: sudo apt-get install python3.13-venv"; \
	    echo "To name one: make hosted PYTHON_HOSTED=/path/to/python3.13"; test "$$CI" != true; fi

hosted-checks: .venv-hosted/.installed
	$(RUN_HOSTED) pytest -n 2 -m "not long" --doctest-modules --ignore=tests/browser --ignore=tests/notebooks widgets tests
	$(RUN_HOSTED) pytest -rs tests/browser/test_classic.py
	$(RUN_HOSTED) pytest -rs $(BROWSERS) tests/browser/hosted

hosted-checks: $(AXE) $(PAGE)

.venv-hosted/.installed: pyproject.toml tests/hosted.txt
	@$(RUN_HOSTED) pip --version >/dev/null 2>&1 || "$(FOUND_HOSTED)" -m venv --clear .venv-hosted
	@echo "Installing into .venv-hosted. The first time takes some minutes."
	$(RUN_HOSTED) pip install --disable-pip-version-check -r tests/hosted.txt -e '.[test]'
	@touch $@

# Where npm or the network is missing, the tests that need it skip themselves, saying so.
NPM = npm install --no-package-lock --no-audit --no-fund --prefix
$(AXE) $(PRETTIER): tests/browser/package.json
	-$(NPM) tests/browser && touch $(AXE) $(PRETTIER)

$(PAGE): tests/browser/hosted/package.json
	-$(NPM) tests/browser/hosted && touch $@

# one process: make soak ARGS='-n 0'
soak: $(READY) ## 2,000 random settings, 3,000 random models, 5,000 wrong inputs and 300 questions a kind, all of keras.applications, 20,000 moves, every slider of every notebook and of every page of the site, 200 re-runs; ARGS passes an option on
	SOAK=1 $(RUN) pytest -n 2 --hypothesis-show-statistics $(ARGS) tests/facts/test_judge.py tests/facts/test_random_models.py tests/facts/test_applications.py tests/test_wrong_inputs.py tests/quiz/test_questions.py tests/explorer/test_hard_use.py tests/notebooks/test_wrong_answers.py tests/notebooks/test_what_to_change.py
	SOAK=1 $(RUN) pytest -rs tests/browser/test_notebooks.py tests/browser/test_hard_use.py tests/browser/test_for_everyone.py tests/browser/test_site.py
	if test -d .venv-hosted; then $(RUN_HOSTED) pytest -n 2 -m long tests && \
	    SOAK=1 $(RUN_HOSTED) pytest -rs tests/browser/hosted/test_hosted_notebooks.py; fi

bench: $(READY) ## measure the speed and write the table in benchmarks/README.md
	.venv/bin/python benchmarks/run.py

notebooks: $(READY) ## run every notebook and save its outputs
	.venv/bin/python tools/save_notebooks.py

translations: ## list the translated cells whose English text has changed; ARGS="--renew ru/01_convolution:stride" renews a hash
	@$(PYTHON) tools/translations.py $(ARGS)

pictures: $(READY) ## take the pictures of README.md; needs Chromium
	.venv/bin/python tools/take_pictures.py

site: $(READY) ## write site/: every notebook as a page that answers without a kernel, and an index
	.venv/bin/python tools/build_site.py

stamp: $(READY) ## write the address in pyproject.toml into the READMEs and the notebooks
	.venv/bin/python tools/stamp.py

# Both extras at once: JupyterLab is what the browser tests drive.
$(READY): pyproject.toml
	@$(PYTHON) -c '$(IN_RANGE)' 2>/dev/null || { \
	    echo "TensorFlow needs Python 3.10 to 3.13. Found $(PYTHON): `$(PYTHON) -V 2>&1`"; \
	    echo "To name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(RUN) pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing into .venv. The first time takes some minutes."
	$(RUN) pip install --disable-pip-version-check -e '.[lab,test]'
	@touch $(READY)
