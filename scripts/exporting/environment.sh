# Sourced by scripts that need PyTorch and transformers: sets `python`, makes .venv/exporting on first use.
# EXPORT_PYTHON names a Python that has the packages of requirements.txt already; then nothing is installed.
repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
requirements="$repository/scripts/exporting/requirements.txt"
environment="$repository/.venv/exporting"
program="$(basename "$0")"
export PYTHONPATH="$repository/scripts"
# The order of sets reaches the graphs that are exported.
export PYTHONHASHSEED=0

say() { printf '%s: %s\n' "$program" "$1" >&2; }
die() { say "$1"; exit 2; }

# make_environment: does nothing when it was made from the same requirements.
make_environment() {
    cmp -s "$requirements" "$environment/installed" && return 0
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "Python 3.11 or later is needed"
    local peers="$repository/.venv/peers" free
    python3 -m venv --clear "$environment"
    if [ -e "$peers/installed" ]; then
        # scripts/bench_peers has installed the same PyTorch: 6 GB that need not be here twice.
        local site='import sysconfig; print(sysconfig.get_paths()["purelib"])'
        "$peers/bin/python" -c "$site" >"$("$environment/bin/python" -c "$site")/peers.pth"
    else
        free=$(df -Pk "$repository" | awk 'NR == 2 { print int($4 / 1048576) }')
        [ "$free" -ge 12 ] || die "$free GB of disk are free, and the Python packages need 12 while they install"
    fi
    say "installing PyTorch, transformers and ONNX Runtime into .venv/exporting; this takes minutes"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
        die "pip failed: see its message above"
    cp "$requirements" "$environment/installed"
}

python="${EXPORT_PYTHON:-}"
for argument in "$@"; do
    # Help needs no packages.
    case "$argument" in -h | --help) python=python3 ;; esac
done
if [ -z "$python" ]; then
    command -v python3 >/dev/null || die "python3 is missing: install Python 3.11 or later, with pip and venv"
    make_environment
    python="$environment/bin/python"
fi
