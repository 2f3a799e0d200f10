"""Progress bars, by tqdm where it is installed."""

from __future__ import annotations

from typing import Any


class Progress:
    """A progress bar over articles, or nothing."""

    def __init__(self, articles: Any, *, shown: bool) -> None:
        """A bar over all of `articles`, where their number is known."""
        self._bar = _bar(len(articles) if hasattr(articles, "__len__") else None) if shown else None

    def __enter__(self) -> Progress:
        """The bar itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the line of the bar."""
        if self._bar is not None:
            self._bar.close()

    def update(self, articles: int) -> None:
        """So many more are done."""
        if self._bar is not None:
            self._bar.update(articles)


def _bar(total: int | None) -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from error
    return tqdm(total=total, unit="article")
