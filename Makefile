# 两条命令够用：make run 启动，make test 全部检查。其余是日常要用的。
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test bench soak check lint setup lock clean

run: $(VENV)/run.done
	exec $(PY) bot.py

test: $(VENV)/dev.done lint
	$(PY) -m knowledge check
	$(PY) -m pytest -n 3
	$(PY) -m knowledge evaluate --split held-back --require

lint: $(VENV)/dev.done
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

check: $(VENV)/run.done
	$(PY) -m knowledge check

bench: $(VENV)/bench.done
	$(PY) benchmarks/cold_start.py
	$(PY) benchmarks/matching.py
	$(PY) benchmarks/eligibility.py
	$(PY) benchmarks/telegram_path.py
	$(PY) benchmarks/cards.py
	$(PY) benchmarks/applications.py

setup: $(VENV)/dev.done

soak: $(VENV)/dev.done
	$(PY) benchmarks/soak.py
	$(PY) -m pytest -m soak
	$(PY) -m tests.kill_mixed --actions 300 --kills 8

$(VENV)/run.done: requirements.lock
	@echo "第一次启动：正在建立 Python 环境，装依赖要一两分钟……"
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.done: requirements-dev.lock $(VENV)/run.done
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/bench.done: requirements-bench.lock $(VENV)/dev.done
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

lock: $(VENV)/dev.done
	$(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --strip-extras -o requirements.lock pyproject.toml
	$(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --strip-extras --extra dev -o requirements-dev.lock pyproject.toml
	$(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --strip-extras --extra dev --extra bench -o requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info
