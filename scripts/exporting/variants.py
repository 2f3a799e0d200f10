"""Half precision and 8 bits, by the conversions of make_fp16 and quantize."""

import argparse
import pathlib

import onnx
from halving.graph import halved
from quantizing.steps import quantized

from . import graph
from .source import Rows

FILES = {"fp16": "model_fp16.onnx", "int8": "model_quantized.onnx"}


def half(single: pathlib.Path, target: pathlib.Path, _samples: Rows, _percentile: float) -> None:
    """Weights and products in half precision; inputs and logits stay as they were."""
    graph.save(halved(onnx.load(single)), target)


def integer(single: pathlib.Path, target: pathlib.Path, samples: Rows, percentile: float) -> None:
    """Products in 8 bits, with constant scales from the samples."""
    if size(single) > graph.LARGEST:
        raise ValueError("8-bit conversion does not support models larger than 2 GB")
    settings = argparse.Namespace(percentile=percentile, full_range=False, keep=None)
    made, _ = quantized(single, samples, settings)
    onnx.save(made.build(), target)


def size(single: pathlib.Path) -> int:
    """Bytes of a graph and of the weights beside it."""
    beside = single.with_name(f"{single.name}_data")
    return single.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
