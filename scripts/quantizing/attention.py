"""Finds attention written out in single operators and makes one operator of each."""

import math

import onnx
from onnx import helper

from .graph import MICROSOFT, Graph, attribute

MASK = "attention_mask"
# What the mask subtracts from a hidden token's score: its exponential is zero in single precision.
HIDDEN = -10000.0


def fuse(graph: Graph, heads: int) -> int:
    """Fuses every attention that has the known shape; gives their number."""
    if MASK not in graph.inputs:
        return 0
    dropped, added = [], []
    for softmax in [node for node in graph.nodes if node.op_type == "Softmax"]:
        found = _match(graph, softmax)
        if found is None:
            continue
        query, key, value, scale, last = found
        settings = {"num_heads": heads, "mask_filter_value": HIDDEN} | ({} if scale is None else {"scale": scale})
        operands = [query, key, value, "", "attention_mask_int32"]
        name = f"attention_{len(dropped)}"
        added.append(
            helper.make_node("MultiHeadAttention", operands, [last.output[0]], name=name, domain=MICROSOFT, **settings)
        )
        dropped.append(last)
    if added:
        cast = helper.make_node("Cast", [MASK], ["attention_mask_int32"], to=onnx.TensorProto.INT32, name="mask_int32")
        graph.replace(dropped, [cast, *added])
    return len(added)


def _match(graph: Graph, softmax: onnx.NodeProto):
    """Query, key, value `[batch, token, hidden]`, the scale (None: the usual) and the last node of an attention."""
    scores, factor = _unscaled(graph, _unmasked(graph, softmax.input[0]))
    product = graph.producer(scores, "MatMul")
    mixed = _weights_consumer(graph, softmax.output[0])
    if product is None or mixed is None:
        return None
    query, query_factor = _unscaled(graph, product.input[0])
    key, key_factor = _unscaled(graph, product.input[1])
    query, inner = _unscaled(graph, _from_heads(graph, query, False))
    key, inner_key = _unscaled(graph, _from_heads(graph, key, True))
    value = _from_heads(graph, mixed.input[1], False)
    swap = graph.only_consumer(mixed.output[0], "Transpose")
    last = None if swap is None else graph.only_consumer(swap.output[0], "Reshape")
    if not (query and key and value and last is not None and attribute(swap, "perm") == [0, 2, 1, 3]):
        return None
    factors = (factor, query_factor, key_factor, inner, inner_key)
    scale = None if any(math.isnan(each) for each in factors) else math.prod(factors)
    return query, key, value, scale, last


def _unmasked(graph: Graph, name: str) -> str:
    """The scores before the mask: the side of an Add or Where that a product of two tensors made."""
    node = graph.producer(name, "Add", "Where")
    if node is None:
        return name
    for side in node.input[node.op_type == "Where" :]:
        if graph.producer(_unscaled(graph, side)[0], "MatMul") is not None:
            return side
    return name


def _unscaled(graph: Graph, name: str) -> tuple[str, float]:
    """A tensor before its scaling, with the factor; not a number where that is known only at run time."""
    factor = 1.0
    while (node := graph.producer(name, "Mul", "Div")) is not None:
        left, right = (_scalar(graph, side) for side in node.input)
        if right is not None:
            factor = factor * right if node.op_type == "Mul" else factor / right
            name = node.input[0]
        elif left is not None and node.op_type == "Mul":
            factor, name = factor * left, node.input[1]
        else:
            break
    return name, factor


def _scalar(graph: Graph, name: str) -> float | None:
    """The value of a scalar, not a number for the root of a shape, None for any other tensor."""
    if (constant := graph.constant(name)) is not None:
        return float(constant.reshape(-1)[0]) if constant.size == 1 else None
    node = graph.producer(name, "Sqrt", "Div", "Cast", "Slice", "Gather", "Shape", "Squeeze", "Unsqueeze", "Reciprocal")
    while node is not None and node.op_type != "Shape":
        inner = [graph.producers[side] for side in node.input if side in graph.producers]
        node = inner[0] if len(inner) == 1 else None
    return None if node is None else math.nan


def _from_heads(graph: Graph, name: str, is_key: bool) -> str:
    """`[batch, token, hidden]` before it was split into heads; empty where it was not."""
    transpose = graph.producer(name, "Transpose")
    if transpose is None:
        return ""
    order = attribute(transpose, "perm")
    if is_key and order == [0, 1, 3, 2]:
        inner, _ = _unscaled(graph, transpose.input[0])
        return _from_heads(graph, inner, False)
    if order != ([0, 2, 3, 1] if is_key else [0, 2, 1, 3]):
        return ""
    reshape = graph.producer(transpose.input[0], "Reshape")
    return "" if reshape is None else reshape.input[0]


def _weights_consumer(graph: Graph, name: str) -> onnx.NodeProto | None:
    """The product of the attention weights with the values, past a guard against rows that are not a number."""
    readers = graph.consumers.get(name, [])
    if {node.op_type for node in readers} == {"IsNaN", "Where"}:
        guard = next(node for node in readers if node.op_type == "Where")
        return graph.only_consumer(guard.output[0], "MatMul")
    return graph.only_consumer(name, "MatMul")
