#!/bin/sh
# One entry point for every habit. `./do` alone lists them.
set -eu
cd "$(dirname "$0")"
venv=.venv
python=${PYTHON:-python3}

# Makes the virtual environment with what one lock file pins; does nothing when that was done already.
environment() {
    lock=$1
    stamp=$venv/.$(basename "$lock").installed
    if [ -f "$stamp" ] && [ "$stamp" -nt "$lock" ] && [ "$stamp" -nt pyproject.toml ]; then return; fi
    command -v "$python" >/dev/null || { echo "do: $python is not installed; alertd needs Python 3.11 or newer" >&2; exit 1; }
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "do: $("$python" --version) is too old; alertd needs Python 3.11 or newer (PYTHON=... names another)" >&2; exit 1; }
    if [ ! -x $venv/bin/pip ]; then
        echo "do: making $venv ..." >&2
        "$python" -m venv $venv || {
            echo "do: Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
    fi
    echo "do: installing what $lock pins ..." >&2
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" >&2
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
    touch "$stamp"
}
run()  { environment requirements.lock; }
dev()  { environment requirements-dev.lock; }

habit=${1:-help}
[ $# -gt 0 ] && shift
case $habit in
    demo)   run; exec $venv/bin/alertd demo "$@" ;;
    alertd) run; exec $venv/bin/alertd "$@" ;;
    test)   dev; [ $# -gt 0 ] || set -- --numprocesses=auto --dist=loadfile  # all of them: a file to each processor
            exec $venv/bin/python -m pytest "$@" ;;
    lint)   dev; $venv/bin/ruff check . && $venv/bin/ruff format --check . && $venv/bin/lint-imports ;;
    types)  dev; exec $venv/bin/mypy "$@" ;;
    format) dev; $venv/bin/ruff check --fix . ; exec $venv/bin/ruff format . ;;
    audit)  dev; exec $venv/bin/python -m tests.house.advisories ;;
    licences) dev; exec $venv/bin/python -m tests.house.licences ;;
    docs)   dev; exec $venv/bin/python -m sphinx -W --keep-going -q -b html docs build/docs ;;
    bench)  dev; exec $venv/bin/python -m bench "$@" ;;
    cover)  dev; if [ "$*" = tests ]; then set -- tests --numprocesses=auto --dist=loadfile --cov=alertd --cov-fail-under=90
            elif [ $# -gt 0 ]; then set -- "$@" --cov=alertd; else
                set -- tests/core --hypothesis-profile=mutants --cov=alertd.core --cov-fail-under=100; fi
            exec $venv/bin/python -m pytest --quiet "$@" ;;
    mutants) dev; exec $venv/bin/python -m tests.house.mutants "$@" ;;
    soak)   dev; exec $venv/bin/python -m bench.soak "$@" ;;
    kills)  dev; exec $venv/bin/python -m tests.faults.full "$@" ;;
    lock)   "$python" -m venv $venv; $venv/bin/python -m pip install --quiet pip-tools
            for pair in "requirements.lock --extra=cluster --extra=postgres --extra=report" "requirements-dev.lock --extra=dev --extra=cluster --extra=postgres --extra=report"; do
                set -- $pair; out=$1; shift
                $venv/bin/pip-compile --quiet --no-strip-extras --allow-unsafe --generate-hashes --no-emit-index-url \
                    --no-emit-trusted-host --no-emit-find-links --no-header --all-build-deps --output-file="$out" "$@" pyproject.toml
            done ;;
    *)  cat <<'TXT'
./do demo      the whole daemon on a simulated portal: SQLite, console messages, the board, a fast clock
./do alertd …  any command of alertd (./do alertd --help)
./do test      the tests, on SQLite and on a real PostgreSQL that they start themselves
./do lint      ruff, and the import contract
./do types     mypy --strict
./do format    puts the code in shape
./do audit     the pinned packages against the public advisories; says loudly what it could not look up
./do licences  the licences of what alertd is given away with; exit 1 for one that is not allowed
./do docs      the pages as a site, in build/docs
./do bench     the figures; ./do bench NAME for one of them
./do soak      30 working days of a province on a virtual clock: memory, messages per person, what was lost or doubled
./do kills     1,000 kills of the daemon at every point and at any instant: what was lost, what came twice
./do cover     whether the core's own tests reach its every line and branch; ./do cover tests: what all tests reach of all
./do mutants   changes the core in one place after the other and says which changes its tests do not notice (an hour)
./do lock      pins the dependencies anew
TXT
        ;;
esac
