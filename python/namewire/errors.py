"""The exceptions of the package."""

from __future__ import annotations


class NamewireError(Exception):
    """Something failed. The message says what, where, and what to do.

    Attributes:
        setting: the name of the setting that would have to change, if it is one.
        path: the file that the error is about.
        line: the line in it, from 1.
    """

    def __init__(
        self, message: str, setting: str | None = None, path: str | None = None, line: int | None = None
    ) -> None:
        """Keeps the place beside the message."""
        super().__init__(message)
        self.setting = setting
        self.path = path
        self.line = line


class ConfigError(NamewireError, ValueError):
    """A setting or an argument asks for something impossible."""


class ArticleError(NamewireError):
    """An article cannot be processed. Others can."""
