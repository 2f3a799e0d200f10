#!/usr/bin/env python3
"""Python environments for the scripts: each is made on first use in .venv/NAME, from scripts/environments/NAME.txt.

    scripts/python_environment.py NAME    makes the environment and prints the path of its Python

Nothing is installed into your own Python. NAMEWIRE_PYTHON names a Python that already has the packages; then nothing
is installed at all.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

SCRIPTS = pathlib.Path(__file__).resolve().parent
ENVIRONMENTS = SCRIPTS.parent / ".venv"
PROGRAM = pathlib.Path(sys.argv[0]).name
# Set for a script that runs in its environment, to the environment's name.
ACTIVE = "NAMEWIRE_ENVIRONMENT"
# PyTorch and the CUDA libraries that it depends on take 6 GB, and as much again while pip unpacks them.
PYTORCH_GB = 12
SITE_PACKAGES = "import sysconfig; print(sysconfig.get_paths()['purelib'])"


def python(name: str) -> str:
    """The Python of an environment, which is made or updated where its requirements have changed."""
    if given := os.environ.get("NAMEWIRE_PYTHON"):
        return given
    source = SCRIPTS / "environments" / f"{name}.txt"
    requirements = source.read_text(encoding="utf-8")
    folder = ENVIRONMENTS / name
    executable, installed = folder / "bin" / "python", folder / "installed.txt"
    if installed.exists() and installed.read_text(encoding="utf-8") == requirements:
        return str(executable)
    if sys.version_info < (3, 11):
        fail("Python 3.11 or later is needed")
    base = next((line.split()[-1] for line in requirements.splitlines() if line.startswith("# extends:")), None)
    base_python = python(base) if base else None
    free = shutil.disk_usage(SCRIPTS).free / 2**30
    if "torch==" in requirements and free < PYTORCH_GB:
        fail(f"{free:.0f} GB of disk are free; installing PyTorch needs {PYTORCH_GB}")
    print(f"{PROGRAM}: installing Python packages into .venv/{name}", file=sys.stderr)
    venv.EnvBuilder(clear=True, with_pip=True).create(folder)
    if base_python:
        packages = [subprocess.check_output([each, "-c", SITE_PACKAGES], text=True).strip() for each in (executable, base_python)]
        pathlib.Path(packages[0], "base.pth").write_text(packages[1] + "\n", encoding="utf-8")
    pip = [executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", source]
    if subprocess.run(pip).returncode != 0:
        fail("pip could not install the packages: see its message above")
    installed.write_text(requirements, encoding="utf-8")
    return str(executable)


def run(name: str, module: str) -> None:
    """Replaces this process with `python -m module` in an environment. Help is printed without one."""
    helping = {"-h", "--help"} & set(sys.argv[1:])
    replace(sys.executable if helping else python(name), name, ["-m", module])


def enter(name: str) -> None:
    """Restarts the calling script in an environment, unless it already runs there. Help is printed without one."""
    if os.environ.get(ACTIVE) != name and not {"-h", "--help"} & set(sys.argv[1:]):
        replace(python(name), name, [sys.argv[0]])


def replace(executable: str, name: str, what: list[str]) -> None:
    # The iteration order of sets reaches the graphs that are exported.
    variables = {"PYTHONPATH": str(SCRIPTS), "PYTHONHASHSEED": "0", ACTIVE: name}
    os.execve(executable, [executable, *what, *sys.argv[1:]], {**os.environ, **variables})


def fail(message: str) -> None:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    known = sorted(path.stem for path in (SCRIPTS / "environments").glob("*.txt"))
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        print(f"{__doc__}\nenvironments: {', '.join(known)}", file=sys.stderr)
        sys.exit(0 if {"-h", "--help"} & set(sys.argv[1:]) else 2)
    print(python(sys.argv[1]))
