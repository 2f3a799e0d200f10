"""The contestant gline-rs: a program of its own (gline/) and a GLiNER model folder."""

import json, os, pathlib, subprocess

from . import machine

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROJECT = pathlib.Path(__file__).with_name("gline")


def program() -> pathlib.Path:
    """Builds the program, which loads namewire's ONNX Runtime when it runs."""
    target = REPOSITORY / "target" / "gline"
    # Without a folder here, the build script of gline-rs's ort downloads an ONNX Runtime that nothing uses.
    build = ["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", PROJECT / "Cargo.toml"]
    folder = {"ORT_LIB_LOCATION": str(runtime().parent)}
    subprocess.run([*build, "--target-dir", target], check=True, env={**os.environ, **folder})
    return target / "release" / "gline-worker"


def runtime() -> pathlib.Path:
    """The ONNX Runtime library: the one that ORT_DYLIB_PATH names, or that scripts/setup installs."""
    if given := os.environ.get("ORT_DYLIB_PATH"):
        return pathlib.Path(given).resolve()
    subprocess.run([REPOSITORY / "scripts" / "setup"], check=True)
    return next((REPOSITORY / ".onnxruntime").resolve().glob("libonnxruntime*"))


def described(folder: pathlib.Path) -> dict:
    """What the report says about the model."""
    config = folder / "gliner_config.json"
    known = json.loads(config.read_text()) if config.exists() else {}
    files = [folder / "tokenizer.json", *sorted((folder / "onnx").glob("*.onnx"))]
    return {
        "folder": folder.name, "random_weights": known.get("random_weights", False),
        "sha256": {str(file.relative_to(folder)): machine.sha256(file) for file in files},
    }
