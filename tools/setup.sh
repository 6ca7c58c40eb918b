#!/bin/sh
# Set up both environments from their lock files. Quick when nothing changed.
#   .venv      Python 3.11 or newer: casework, bot, actions, desk
#   nlu/.venv  Python 3.10: Rasa 3.6, which needs it
# With --dev also what tests and checks need. What is installed beyond that stays.
set -eu
cd "$(dirname "$0")/.."

fail() { printf '%s\n' "$@" >&2; exit 1; }

# Does this interpreter meet the condition?
version_ok() { "$1" -c "import sys; sys.exit(not ($2))" 2>/dev/null; }

find_main_python() {
    for name in python3.13 python3.12 python3.11 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[1-9].*/bin/python3; do
        if command -v "$name" >/dev/null 2>&1 && version_ok "$name" "sys.version_info >= (3, 11)"; then
            command -v "$name"; return
        fi
    done
    fail "Python 3.11 or newer is needed and none was found on the PATH." \
         "On Debian or Ubuntu: apt install python3 python3-venv"
}

find_rasa_python() {
    for name in python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10; do
        if command -v "$name" >/dev/null 2>&1 && version_ok "$name" "sys.version_info[:2] == (3, 10)"; then
            command -v "$name"; return
        fi
    done
    printf 'Fetching Python 3.10 for Rasa (none on the PATH or with pyenv) …\n' >&2
    $uv python install --quiet 3.10 >&2 && $uv python find 3.10 && return
    fail "Rasa 3.6 needs Python 3.10. None is on the PATH, none in pyenv's folder, and uv could not download one." \
         "Any of these helps, then run the command again:" \
         "  pyenv install 3.10" \
         "  apt install python3.10 python3.10-venv      (where the distribution has it)" \
         "  put an interpreter called python3.10 on the PATH"
}

uv=.tools/bin/uv
if ! $uv --version >/dev/null 2>&1; then
    python=$(find_main_python)
    printf 'Fetching uv, which installs the rest …\n' >&2
    rm -rf .tools
    "$python" -m venv .tools 2>/dev/null || fail "$python cannot make a virtual environment." \
        "On Debian or Ubuntu: apt install python3-venv"
    .tools/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
fi

if ! [ -x .venv/bin/python ]; then
    $uv venv --quiet --python "$(find_main_python)" .venv
fi
if [ "${1:-}" = --dev ]; then
    $uv sync --frozen --quiet --inexact
else
    extra=
    if [ -n "${ANLAUFSTELLE_SEMANTIC_MODEL:-}" ] || grep -qs '^ANLAUFSTELLE_SEMANTIC_MODEL=.' .env; then
        extra='--extra semantic'
    fi
    $uv sync --frozen --quiet --inexact --no-dev $extra
fi

if ! [ -x nlu/.venv/bin/python ]; then
    printf 'Installing Rasa into nlu/.venv (about 2.5 GB on disk) …\n' >&2
    $uv venv --quiet --python "$(find_rasa_python)" nlu/.venv
fi
$uv sync --frozen --quiet --project nlu
