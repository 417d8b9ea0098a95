#!/bin/sh
# install.sh REQUIREMENTS: makes .venv with Python 3.11 or newer and installs what the file asks for, if it changed since.
# Says in one sentence what a machine lacks and how to mend it. PYTHON names the interpreter, else it is looked for.
set -eu
cd "$(dirname "$0")/../.."
wanted=$1
stamp=.venv/installed-${wanted%.txt}

fail() {
    echo "$*" >&2
    exit 1
}

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# The newest of which every pinned wheel is known to exist comes first.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer: name another one, or leave PYTHON away."
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3 /usr/bin/python3 python; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is missing: install it, for example \`apt-get install python3.11 python3.11-venv\`" \
        "(Debian, Ubuntu), \`dnf install python3.11\` or \`brew install python@3.12\`, or name one with PYTHON=/path/to/python3."
}

make_environment() {
    python=$(find_python)
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        fail "Python $version cannot make virtual environments: install what is missing with \`apt-get install python$version-venv\`."
    echo "making .venv with Python $version ..."
    rm -rf .venv
    "$python" -m venv .venv || fail "The virtual environment could not be made in $PWD/.venv: is there room, and may you write here?"
}

# One left half-made, or whose interpreter is gone, or which was copied from elsewhere, is made again.
.venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || make_environment

state="$(.venv/bin/python -V) $(cat requirements*.txt | cksum)"
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$state" ]; then
    echo "installing $wanted ..."
    PIP_ROOT_USER_ACTION=ignore .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted" ||
        fail "pip could not install $wanted (it says why above): is there a way to a package index? PIP_INDEX_URL names another one."
    echo "$state" >"$stamp"
fi
