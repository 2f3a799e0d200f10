"""The ONNX Runtime library of the package `onnxruntime`, found without importing it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

PATTERNS = ("libonnxruntime.so*", "libonnxruntime*.dylib", "onnxruntime.dll")


def library() -> str | None:
    """The path of the library; `None` where the package is missing or ORT_DYLIB_PATH names another one."""
    if os.environ.get("ORT_DYLIB_PATH"):
        return None
    package = importlib.util.find_spec("onnxruntime")
    folders = package.submodule_search_locations if package else None
    found = (path for folder in folders or () for pattern in PATTERNS for path in Path(folder, "capi").glob(pattern))
    return next(map(str, sorted(found)), None)


def silence_telemetry() -> None:
    """ONNX Runtime otherwise keeps a database in the user's cache folder."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def with_library(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of an engine, with the library where they name none."""
    return {"ort_library": library(), **settings}
