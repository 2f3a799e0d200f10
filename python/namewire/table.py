"""Results as a table that any Arrow library can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from namewire import _namewire


class Table:
    """Rows of mentions or of articles.

    Every library that has the Arrow PyCapsule interface takes it: `polars.DataFrame(table)`, `pyarrow.table(table)`,
    `pandas.DataFrame.from_arrow(table)`; in a query of DuckDB its name is enough.
    """

    def __init__(self, rows: _namewire.Table) -> None:
        """Wraps rows of the native part."""
        self._rows = rows

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def __repr__(self) -> str:
        """Size and columns."""
        return f"<namewire.Table: {len(self)} rows of {', '.join(self.columns)}>"

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self._rows.columns

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The rows, by the Arrow PyCapsule interface."""
        return self._rows.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        """The columns, by the Arrow PyCapsule interface."""
        return self._rows.__arrow_c_schema__()

    def to_arrow(self) -> pyarrow.Table:
        """As a table of pyarrow."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """As a data frame of pandas, made with pyarrow."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """As a data frame of Polars."""
        import polars

        return polars.DataFrame(self)


def arrow_stream(table: Any) -> Any:
    """The table itself, or one with its rows, that has `__arrow_c_stream__`."""
    if hasattr(table, "__arrow_c_stream__"):
        return table
    if hasattr(table, "to_arrow_table"):
        return table.to_arrow_table()
    if type(table).__module__.partition(".")[0] == "pandas":
        import pyarrow

        return pyarrow.Table.from_pandas(table)
    kind = type(table).__name__
    raise TypeError(f"{kind} is no table: pass an Arrow table, a data frame, or a relation of DuckDB")
