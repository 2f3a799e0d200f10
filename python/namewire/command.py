"""The command in a process of its own, for what is seldom needed within Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from namewire.errors import NamewireError


def output(arguments: Sequence[str | os.PathLike[str]], options: dict[str, Any]) -> str:
    """What the command prints, with its options as keyword arguments: `typed_e2e=True` is `--typed-e2e`.

    Raises:
        NamewireError: the command failed, with its message.
    """
    import subprocess

    flags = [part for name, value in options.items() for part in _flag(name, value)]
    command = [sys.executable, "-m", "namewire", *map(os.fspath, arguments), *flags]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise NamewireError(done.stderr.strip())
    return done.stdout


def _flag(name: str, value: Any) -> list[str]:
    flag = "--" + name.rstrip("_").replace("_", "-")
    if value is True:
        return [flag]
    if value is None or value is False:
        return []
    return [flag, *(map(str, value) if isinstance(value, (list, tuple)) else [str(value)])]
