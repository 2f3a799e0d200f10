"""Weights in 8 bits, and products with activations of a constant scale."""

import dataclasses

import numpy
import onnx
from onnx import helper

from .graph import MICROSOFT, Graph
from .runtime import Runner

# Products with fewer columns stay in single precision: the classifier, and nothing else.
NARROW = 64
# Tables with fewer values stay in single precision: the token types.
SMALL = 4096
# Signed 7 bits: two products with unsigned 8 bits still fit the 16 bits in which CPUs without VNNI add them.
REDUCED = 64
FULL = 127


@dataclasses.dataclass(frozen=True)
class Product:
    """A product of activations with constant weights, its bias included."""

    activations: str
    weights: str
    bias: str
    output: str
    nodes: tuple[onnx.NodeProto, ...]


def products(graph: Graph, narrowest: int = NARROW) -> list[Product]:
    """The matrix products that can be done in integers, in the order of the graph."""
    found = []
    for node in graph.nodes:
        shape = graph.shape(node.input[1]) if node.op_type == "MatMul" else None
        if shape is None or len(shape) != 2 or shape[1] < narrowest:
            continue
        nodes, bias, output = [node], "", node.output[0]
        if (add := graph.only_consumer(output, "Add")) is not None:
            other = next(name for name in add.input if name != output)
            if graph.shape(other) == (shape[1],):
                nodes, bias, output = [node, add], other, add.output[0]
        found.append(Product(node.input[0], node.input[1], bias, output, tuple(nodes)))
    return found


def calibrate(graph: Graph, names: list[str], rows: list[list[int]], percentile: float) -> dict[str, tuple[float, float]]:
    """The range of each tensor over the rows: percentiles of its smallest and greatest value per token."""
    runner = Runner(graph.build(extra_outputs=tuple(names)))
    least, most = {name: [] for name in names}, {name: [] for name in names}
    for row in rows:
        for name, values in zip(names, runner.session.run(names, runner.feed([row]))):
            least[name].append(values.min(-1).ravel())
            most[name].append(values.max(-1).ravel())
    return {
        name: (
            min(0.0, float(numpy.percentile(numpy.concatenate(least[name]), 100 - percentile))),
            max(0.0, float(numpy.percentile(numpy.concatenate(most[name]), percentile))),
        )
        for name in names
    }


def quantize_products(graph: Graph, found: list[Product], ranges: dict[str, tuple[float, float]], limit: int) -> None:
    """Puts the products into integers: weights per column, activations by their constant range."""
    dropped, added = [], []
    done: dict[str, list[str]] = {}
    for product in found:
        name = product.activations
        if name not in done:
            low, high = ranges[name]
            scale = max(high - low, 1e-6) / 255
            done[name] = names = [graph.free(f"{name}_{part}") for part in ("int8", "scale", "zero")]
            graph.add_constant(names[1], numpy.float32(scale))
            graph.add_constant(names[2], numpy.uint8(round(-low / scale)))
            added.append(helper.make_node("QuantizeLinear", [name, *names[1:]], names[:1], name=f"quantize_{name}"))
        values, scale, zero = done[name]
        weights, weight_scale = _quantize(graph, product.weights, limit, columns=True)
        operands = [values, weights, scale, weight_scale, zero, "", product.bias]
        added.append(
            helper.make_node(
                "MatMulIntegerToFloat",
                operands if product.bias else operands[:5],
                [product.output],
                name=f"product_{product.output}",
                domain=MICROSOFT,
            )
        )
        dropped += product.nodes
    graph.replace(dropped, added)


def quantize_tables(graph: Graph, limit: int) -> int:
    """Puts the tables that rows are gathered from into 8 bits; gives their number."""
    dropped, added = [], []
    for node in graph.nodes:
        shape = graph.shape(node.input[0]) if node.op_type == "Gather" else None
        if shape is None or len(shape) != 2 or shape[0] * shape[1] < SMALL:
            continue
        if graph.constants[node.input[0]].data_type != onnx.TensorProto.FLOAT:
            continue
        table, scale = _quantize(graph, node.input[0], limit, columns=False)
        gathered = f"{node.output[0]}_int8"
        added.append(helper.make_node("Gather", [table, node.input[1]], [gathered], name=f"{node.name}_int8"))
        added.append(
            helper.make_node("DequantizeLinear", [gathered, scale], [node.output[0]], name=f"{node.name}_float")
        )
        dropped.append(node)
    graph.replace(dropped, added)
    return len(dropped)


def _quantize(graph: Graph, name: str, limit: int, columns: bool) -> tuple[str, str]:
    """The names of a constant in signed 8 bits, symmetric around zero, and of its scale or its columns' scales."""
    if name not in graph.quantized:
        graph.quantized[name] = quantized, scales = graph.free(f"{name}_int8"), graph.free(f"{name}_scale")
        values = graph.constant(name).astype(numpy.float32)
        greatest = numpy.abs(values).max(axis=0 if columns else None)
        scale = numpy.where(greatest > 0, greatest / limit, 1).astype(numpy.float32)
        graph.add_constant(quantized, numpy.clip(numpy.rint(values / scale), -limit, limit).astype(numpy.int8))
        graph.add_constant(scales, scale)
    return graph.quantized[name]
