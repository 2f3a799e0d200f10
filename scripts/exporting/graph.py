"""The ONNX graph in single precision."""

import contextlib
import io
import logging
import pathlib
import warnings

import onnx
import onnx_ir
import torch
from transformers.exporters.exporter_onnx import OnnxConfig, OnnxExporter

from .source import Rows, Source

# An ONNX file is at most 2 GB; the weights of larger models are stored beside it.
LARGEST = 1_800_000_000


def export(source: Source, rows: Rows, target: pathlib.Path, opset: int) -> None:
    """Traces the model on a padded batch and writes the graph, with dynamic batch and token axes and folded constants."""
    sample = batch(source, sorted(rows, key=len)[len(rows) // 2 :][:3])
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    shapes = {name: free for name in source.inputs}
    config = OnnxConfig(dynamic=True, dynamic_shapes=shapes, opset_version=opset)
    with quiet():
        program = OnnxExporter().export(source.model, sample, config).program
    tidy(program)
    size = sum(value.const_value.nbytes for value in program.graph.initializers.values())
    beside = f"{target.name}_data" if size > LARGEST else None
    onnx_ir.save(program, str(target), external_data=beside)


def batch(source: Source, rows: Rows) -> dict[str, torch.Tensor]:
    """The tensors of some rows, padded to the longest."""
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), source.pad)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = 1
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}
    return {name: given[name] for name in source.inputs}


def tidy(program: onnx_ir.Model) -> None:
    """Keeps only the logits as output, names the dynamic axes, and drops the exporter's debugging metadata."""
    graph = program.graph
    logits = next(value for value in graph.outputs if value.name == "logits")
    graph.outputs[:] = [logits]
    for value in [*graph.inputs, logits]:
        value.shape = onnx_ir.Shape(["batch", "token", *value.shape[2:]])
    for node in graph.all_nodes():
        node.metadata_props.clear()
        node.doc_string = None
        for value in node.outputs:
            value.metadata_props.clear()
            if value is not logits:
                value.shape = value.type = None
    for value in [*graph.inputs, *graph.initializers.values()]:
        value.metadata_props.clear()
    program.metadata_props.clear()
    graph.metadata_props.clear()
    graph.name, program.producer_name = "model", "export_onnx"


def save(model: onnx.ModelProto, target: pathlib.Path) -> None:
    """Writes a graph, with its weights beside it where they are too large for one file."""
    size = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    onnx.save(model, target, save_as_external_data=size > LARGEST, location=f"{target.name}_data")


@contextlib.contextmanager
def quiet():
    """Hides the exporter's messages about its internals."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
