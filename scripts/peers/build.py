"""The release binary."""

import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def release() -> pathlib.Path:
    """Installs ONNX Runtime and builds namewire; returns the binary."""
    subprocess.run([REPOSITORY / "scripts" / "setup"], check=True)
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=REPOSITORY, check=True)
    return REPOSITORY / "target" / "release" / "namewire"
