# Sourced by the scripts that compare namewire with Python tools; they set `name` and `repository` before.
# shellcheck shell=bash

base="$repository/.venv/peers"

say() { printf '%s: %s\n' "$name" "$1" >&2; }
die() { say "$1"; exit 2; }

# install FOLDER REQUIREMENTS: does nothing when the folder was made from the same requirements.
install() {
    cmp -s "$2" "$1/installed" && return 0
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2" || return 1
    cp "$2" "$1/installed"
}

# Makes .venv/peers with PyTorch, transformers and ONNX Runtime, unless it is there.
make_environment() {
    command -v python3 >/dev/null || die "python3 is missing: install Python 3.11 or later, with pip and venv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "Python 3.11 or later is needed"
    if [ ! -e "$base/installed" ]; then
        free=$(df -Pk "$repository" | awk 'NR == 2 { print int($4 / 1048576) }')
        [ "$free" -ge 12 ] || die "$free GB of disk are free, and the Python packages need 12 while they install"
        say "installing PyTorch, transformers and ONNX Runtime into .venv/peers; this takes minutes"
    fi
    [ -x "$base/bin/python" ] || python3 -m venv "$base"
    install "$base" "$repository/scripts/peers/requirements.txt" || die "pip failed: see its message above"
}

# Builds the release binary, ONNX Runtime included.
build_namewire() {
    "$repository/scripts/setup"
    (cd "$repository" && cargo build --release --locked --quiet)
}
