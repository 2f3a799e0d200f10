"""ONNX Runtime: sessions, feeds and the simplified graph."""

import pathlib
import tempfile

import numpy
import onnx
import onnxruntime
from onnxruntime import GraphOptimizationLevel as Level

from .graph import Graph

# Off when namewire runs a model: the fused operator is slower than the two it replaces.
SKIP_LAYER_NORM = "SkipLayerNormFusion"
# Not applied to the simplified graph: fusions that would hide a product's weights or bias. The runtime applies them later.
NOT_YET = (
    SKIP_LAYER_NORM,
    "BiasSkipLayerNormFusion",
    "AttentionFusion",
    "EmbedLayerNormFusion",
    "BiasGeluFusion",
    "BiasSoftmaxFusion",
    "MatMulAddFusion",
    "MatMulScaleFusion",
    "MatmulTransposeFusion",
)
FED = ("input_ids", "attention_mask", "token_type_ids")

Rows = list[list[int]]


class Runner:
    """A model loaded on the CPU; on one thread by default."""

    def __init__(self, model, level=Level.ORT_ENABLE_ALL, threads=1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = level
        options.log_severity_level = 3
        options.add_session_config_entry("optimization.disable_specified_optimizers", SKIP_LAYER_NORM)
        source = model.SerializeToString() if isinstance(model, onnx.ModelProto) else str(model)
        try:
            self.session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors have no other common class
            raise ValueError(f"ONNX Runtime cannot load the model: {error}") from error
        self.inputs = {value.name for value in self.session.get_inputs()}
        if unknown := self.inputs - set(FED):
            raise ValueError(f"the model wants inputs beside {', '.join(FED)}: {', '.join(sorted(unknown))}")

    def feed(self, rows: Rows, width: int = 0, pad: int = 0) -> dict[str, numpy.ndarray]:
        """The tensors of a batch, padded to its longest row or to `width`."""
        width = max(width, *(len(row) for row in rows))
        ids = numpy.full((len(rows), width), pad, numpy.int64)
        mask = numpy.zeros_like(ids)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        tensors = zip(FED, (ids, mask, numpy.zeros_like(ids)))
        return {name: tensor for name, tensor in tensors if name in self.inputs}

    def logits(self, rows: Rows, width: int = 0, pad: int = 0) -> list[numpy.ndarray]:
        """`[token, label]` per row, without padding."""
        output = self.session.run(None, self.feed(rows, width, pad))[0]
        return [scores[: len(row)] for row, scores in zip(rows, output)]


def simplified(path: pathlib.Path) -> Graph:
    """The model with constants folded and layer norm and GELU as single operators."""
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "simplified.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = Level.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(target)
        options.log_severity_level = 3
        options.add_session_config_entry("optimization.disable_specified_optimizers", ";".join(NOT_YET))
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return Graph(onnx.load(target))
