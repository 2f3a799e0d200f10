"""Half precision and 8 bits, by the conversions of make_fp16 and quantize."""

import argparse
import importlib.machinery
import importlib.util
import pathlib

import onnx
from quantizing import __main__ as quantize

from . import graph
from .source import Rows

FILES = {"fp16": "model_fp16.onnx", "int8": "model_quantized.onnx"}


def make_fp16():
    """The neighbouring script, as a module."""
    path = pathlib.Path(__file__).resolve().parent.parent / "make_fp16"
    loader = importlib.machinery.SourceFileLoader("make_fp16", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_fp16", loader))
    loader.exec_module(module)
    return module


def half(single: pathlib.Path, target: pathlib.Path, _samples: Rows, _percentile: float) -> None:
    """Weights and products in half precision; inputs and logits as they were."""
    graph.save(make_fp16().halved(onnx.load(single)), target)


def integer(single: pathlib.Path, target: pathlib.Path, samples: Rows, percentile: float) -> None:
    """Products in 8 bits, with constant scales from the samples."""
    if size(single) > graph.LARGEST:
        raise ValueError("it is larger than 2 GB, which 8-bit conversion does not do")
    settings = argparse.Namespace(percentile=percentile, full_range=False)
    made, _ = quantize.quantized(single, samples, settings)
    onnx.save(made.build(), target)


def size(single: pathlib.Path) -> int:
    """Bytes of a graph and of the weights beside it."""
    beside = single.with_name(f"{single.name}_data")
    return single.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
