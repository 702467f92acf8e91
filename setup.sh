#!/bin/sh
# Build .venv with the tested set of packages.  `make setup` calls this with the Pythons to choose
# from; it stands beside the Makefile and knows nothing but POSIX sh.
cd "$(dirname "$0")" || exit 1
here=$(pwd -P)
stamp=.venv/.setup-done # the Makefile looks at it too

# Settings of the shell or of pip.conf that send packages elsewhere or take them from elsewhere.
# What says where packages come from (a proxy, an index, a certificate) is left to pip.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT
PIP_USER=0
export PIP_USER
umask 022 # set up by root, run by everybody

say() { printf '%s\n' "$@" >&2; }

# Print the nearest folder above $1 that other users may not enter; print nothing if they may.
closed_above() {
    folder=$1
    while [ "${folder#/}" ] && [ "$folder" != . ]; do
        folder=$(dirname "$folder")
        case $(ls -ld "$folder") in d????????[xt]*) ;; *) echo "$folder" && return ;; esac
    done
}

# --- May we? ---------------------------------------------------------------------------------------
for place in .venv .; do
    [ ! -e "$place" ] || [ -w "$place" ] || {
        owner=$(ls -ld "$place" | awk '{ print $3 }')
        say "$here/$place belongs to $owner, and must be set up anew, which you ($(id -un)) may not do." \
            "  Ask $owner to run:   make setup" \
            "  If that was done already, its Python lies where you may not enter. Ask $owner for another:" \
            "                   rm -r .venv; make setup PYTHON=/usr/bin/python3" \
            "  Or copy this folder to a place of your own and run make there."
        exit 1
    }
done

# --- Which Python ----------------------------------------------------------------------------------
python='' halfway='' others=''
for candidate; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case $version in
        3.11 | 3.12 | 3.13 | 3.14) ;;
        *) others="$others, $candidate is $version" && continue ;;
    esac
    halfway=${halfway:-$candidate}
    "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue
    python=$candidate && break
done

if [ -z "$halfway" ]; then
    say "lifkit needs Python 3.11, 3.12, 3.13 or 3.14, and found none of them (tried: $*${others})."
    command -v uv >/dev/null 2>&1 &&
        say '  uv (is here):    uv python install 3.13 && make setup PYTHON="$(uv python find 3.13)"'
    say "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv" \
        "  Fedora:          sudo dnf install python3.13" \
        "  macOS:           brew install python@3.13" \
        "  anywhere:        conda env create -f environment.yml    (see README.md)" \
        "It lies somewhere else?  make setup PYTHON=/path/to/python3.12"
    exit 1
fi
if [ -z "$python" ]; then
    say "$halfway is here, but cannot build a virtual environment: its venv or ensurepip module is missing." \
        "  Debian, Ubuntu:  sudo apt-get install python3-venv" \
        "                   (for a Python beside the system's own: python3.12-venv, python3.13-venv)" \
        "  anywhere:        conda env create -f environment.yml    (see README.md)" \
        "Then run make again."
    exit 1
fi

# --- The environment -------------------------------------------------------------------------------
if [ "$(cat $stamp 2>/dev/null)" = "$here" ] && .venv/bin/python -c '' 2>/dev/null; then
    echo "Bringing .venv up to date ..."
    rm -f $stamp
else
    echo "Building .venv with $("$python" --version), once; this takes a few minutes ..."
    "$python" -m venv --clear .venv || exit 1
fi

# Of what pip says: a line a package.  Its errors go past this to the terminal.
tell() {
    number=0
    while read -r word name rest; do
        case $word in
            Collecting) number=$((number + 1)) && echo "  package $number: ${name%%[ ;(]*}" ;;
            Installing) echo "  Installing them; this takes a minute ..." ;;
            FAILED) return 1 ;;
        esac
    done
}
pip() { .venv/bin/python -m pip "$@" --disable-pip-version-check; }

{ pip install --progress-bar off --require-hashes -r requirements.txt || echo FAILED; } | tell &&
    pip install --quiet --no-deps --no-build-isolation --editable . || {
    proxies=$(env | sed -n 's/^\([A-Za-z]*_[Pp][Rr][Oo][Xx][Yy]\)=..*/\1/p' | grep -iv '^no_' | tr '\n' ' ')
    say "pip could not finish; what it says is above. It needs the internet${proxies:+, and went by what you set in: $proxies}" \
        "Once that is mended, run make setup again; what was loaded is kept."
    exit 1
}
printf '%s' "$here" >$stamp
echo ".venv is ready."

# --- For the others on this machine ---------------------------------------------------------------
if [ "$(id -u)" = 0 ] && [ -z "$(closed_above "$here")" ]; then
    closed=$(closed_above "$(.venv/bin/python -c 'import os, sys; print(os.path.realpath(sys.executable))')")
    [ -z "$closed" ] ||
        echo "Note: only root may enter $closed, where this Python lies. For other users: rm -r .venv; make setup PYTHON=/usr/bin/python3"
fi
