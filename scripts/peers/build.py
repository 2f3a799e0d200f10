"""The binary that is measured."""

import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def program(given: pathlib.Path | None) -> pathlib.Path:
    """The given one, by its whole path, since a bare name would be searched for elsewhere; else the release binary."""
    return given.absolute() if given else release()


def release() -> pathlib.Path:
    """Installs ONNX Runtime and builds namewire; returns the binary."""
    subprocess.run([REPOSITORY / "scripts" / "setup"], check=True)
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=REPOSITORY, check=True)
    return REPOSITORY / "target" / "release" / "namewire"
