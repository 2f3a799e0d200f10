"""The model folder: its files, one variant after the other, each checked."""

import argparse
import dataclasses
import pathlib
import shutil

from . import check, graph, variants
from .source import Rows, Source


@dataclasses.dataclass(frozen=True)
class Settings:
    """The variants to write, and the limits that they must meet."""

    variants: frozenset[str] = frozenset(("fp16", "int8"))
    opset: int = 18
    percentile: float = 99.99
    same_label: dict[str, float] = dataclasses.field(default_factory=lambda: {"fp16": 0.995, "int8": 0.97})

    @classmethod
    def of(cls, options: argparse.Namespace, wanted: set[str]) -> "Settings":
        """The settings that a command line asks for."""
        shares = {"fp16": options.fp16_same_label, "int8": options.int8_same_label}
        return cls(frozenset(wanted), options.opset, options.percentile, shares)


def write(source: Source, target: pathlib.Path, rows: Rows, settings: Settings) -> list[str]:
    """Writes the folder; returns what was left out and why. Fails where single precision differs from the model."""
    graphs = target / "onnx"
    graphs.mkdir(parents=True)
    source.model.config.save_pretrained(target)
    source.tokenizer.save_pretrained(target)
    if not (target / "tokenizer.json").exists():
        raise ValueError(f"{type(source.tokenizer).__name__} cannot be written as tokenizer.json")

    # Calibration and checks use different sentences, sampled evenly.
    held_out = rows[:: max(2, len(rows) // 100)]
    kept = {tuple(row) for row in held_out}
    samples = [row for row in rows if tuple(row) not in kept][:500]
    expected = check.expected(source, held_out)

    single = graphs / "model.onnx"
    graph.export(source, rows, single, settings.opset)
    found = check.compare(single, source, held_out, expected)
    check.say(single, found, len(held_out))
    if found.difference > check.SINGLE_LIMIT or found.padded > check.SINGLE_LIMIT:
        raise ValueError(
            f"the graph's logits differ from PyTorch's by {found.difference:.2g}, padded by {found.padded:.2g}; "
            f"{check.SINGLE_LIMIT} is allowed"
        )
    failures = []
    for name, make in (("fp16", variants.half), ("int8", variants.integer)):
        if name not in settings.variants:
            continue
        file = graphs / variants.FILES[name]
        try:
            make(single, file, samples, settings.percentile)
            found = check.compare(file, source, held_out, expected)
        except ValueError as error:
            failures.append(f"{file.name} is left out: {error}")
            discard(file)
            continue
        check.say(file, found, len(held_out))
        if found.same_label < settings.same_label[name]:
            failures.append(f"{file.name} is left out: only {found.same_label:.4f} of the tokens keep their label")
            discard(file)
    return failures


def discard(file: pathlib.Path) -> None:
    """Removes a variant and its weights."""
    for path in (file, file.with_name(f"{file.name}_data")):
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
