"""The ONNX Runtime library of the package `onnxruntime`, found without importing it."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

SUFFIXES = (".so", ".dylib", ".dll")


def library() -> str | None:
    """The path of the library; `None` where the package is missing or ORT_DYLIB_PATH names another one."""
    if os.environ.get("ORT_DYLIB_PATH"):
        return None
    package = importlib.util.find_spec("onnxruntime")
    folders = [os.path.join(folder, "capi") for folder in package.submodule_search_locations or ()] if package else []
    found = (os.path.join(folder, name) for folder in folders if os.path.isdir(folder) for name in os.listdir(folder))
    return next(filter(_is_library, sorted(found)), None)


def _is_library(path: str) -> bool:
    """True for `libonnxruntime.so.1.31.1` and its like; providers of devices are libraries beside it."""
    name = os.path.basename(path).removeprefix("lib")
    return name.startswith(tuple(f"onnxruntime{suffix}" for suffix in SUFFIXES)) or (
        name.startswith("onnxruntime.") and name.endswith(SUFFIXES)
    )


def silence_telemetry() -> None:
    """ONNX Runtime otherwise keeps a database in the user's cache folder."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def with_library(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of an engine, with the library where they name none."""
    return {"ort_library": library(), **settings}
