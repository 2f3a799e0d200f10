"""Attention over `[token, row, ...]`: the same numbers with three of its four transposes saved.

A BERT-like encoder works on `[row, token, hidden]`, and each attention transposes queries, keys, values and its result
to have the heads before the tokens. FusedMatMul can do that while it reads, but only where the tokens are the first
axis. All else in such an encoder is position by position, so that turning the ids at the start and the logits at the
end is enough.
"""

import dataclasses

import numpy
import onnx
from onnx import helper

from .graph import MICROSOFT, Graph

HEADS_FIRST = [0, 2, 1, 3]
KEYS_LAST = [0, 2, 3, 1]
BACK = [2, 0, 1, 3]


@dataclasses.dataclass(frozen=True)
class Attention:
    """The nodes of one attention."""

    scores: onnx.NodeProto
    scale: onnx.NodeProto
    mask: onnx.NodeProto
    context: onnx.NodeProto
    query: onnx.NodeProto
    key: onnx.NodeProto
    value: onnx.NodeProto
    back: onnx.NodeProto


def tokens_first(graph: Graph) -> int:
    """Rewrites a graph whose attentions are all of the known form; gives their number, 0 where it changed nothing."""
    found = attentions(graph)
    transposes = sum(node.op_type == "Transpose" for node in graph.nodes)
    shapes = [graph.constant(node.input[1]) for node in graph.nodes if node.op_type == "Reshape"]
    if not found or transposes != 4 * len(found) or any(shape is None or list(shape[:2]) != [0, 0] for shape in shapes):
        return 0
    dropped, added = [], []
    squares: dict[str, str] = {}
    for attention in found:
        square_mask(graph, attention, squares, added)
        fused(graph, attention, dropped, added)
        added += way_back(graph, attention, dropped)
    turn_ends(graph, added)
    graph.replace(dropped, added)
    return len(found)


def attentions(graph: Graph) -> list[Attention]:
    """The attentions of the graph, without those of another form."""
    makers = {name: node for node in graph.nodes for name in node.output}

    def maker(name: str, permutation: list[int]) -> onnx.NodeProto | None:
        node = makers.get(name)
        is_one = node is not None and node.op_type == "Transpose" and list(node.attribute[0].ints) == permutation
        return node if is_one else None

    found = []
    for scores in graph.nodes:
        if scores.op_type != "MatMul":
            continue
        query, key = maker(scores.input[0], HEADS_FIRST), maker(scores.input[1], KEYS_LAST)
        scale = graph.only_consumer(scores.output[0], "Div")
        mask = scale and graph.only_consumer(scale.output[0], "Add")
        softmax = mask and graph.only_consumer(mask.output[0], "Softmax")
        context = softmax and graph.only_consumer(softmax.output[0], "MatMul")
        value = context and maker(context.input[1], HEADS_FIRST)
        back = context and graph.only_consumer(context.output[0], "Transpose")
        if not (query and key and value and back) or graph.constant(scale.input[1]) is None:
            continue
        if list(back.attribute[0].ints) == HEADS_FIRST:
            found.append(Attention(scores, scale, mask, context, query, key, value, back))
    return found


def fused(graph: Graph, attention: Attention, dropped: list, added: list) -> None:
    """Two products that transpose while they read; they give `[row, head, token, size]`."""
    scale, context = attention.scale, attention.context
    operands = [attention.query.input[0], attention.key.input[0]]
    # A scalar, or one that ONNX Runtime has made a list of, sharing it.
    alpha = 1 / graph.constant(scale.input[1]).item()
    turned = {"transB": 1, "transBatchA": 1, "transBatchB": 1, "alpha": alpha}
    name = attention.scores.name
    added.append(helper.make_node("FusedMatMul", operands, scale.output, name=name, domain=MICROSOFT, **turned))
    operands = [context.input[0], attention.value.input[0]]
    outputs = context.output
    added.append(helper.make_node("FusedMatMul", operands, outputs, name=context.name, domain=MICROSOFT, transBatchB=1))
    dropped += [attention.scores, scale, context, attention.query, attention.key, attention.value]


def square_mask(graph: Graph, attention: Attention, squares: dict[str, str], added: list) -> None:
    """Spreads the mask `[row, 1, 1, token]` over `[row, 1, token, token]`, once for all attentions: adding it then goes
    over whole squares and not over short lines."""
    scores = attention.scale.output[0]
    index, mask = next((index, name) for index, name in enumerate(attention.mask.input) if name != scores)
    if mask not in squares:
        tokens, shape, squares[mask] = (f"{mask}_{part}" for part in ("tokens", "shape", "square"))
        one = graph.add_constant(f"{mask}_one", numpy.array([1], numpy.int64))
        added.append(helper.make_node("Shape", [mask], [tokens], name=tokens, start=3))
        added.append(helper.make_node("Concat", [one, one, tokens, one], [shape], name=shape, axis=0))
        added.append(helper.make_node("Expand", [mask, shape], [squares[mask]], name=squares[mask]))
    attention.mask.input[index] = squares[mask]


def way_back(graph: Graph, attention: Attention, dropped: list) -> list[onnx.NodeProto]:
    """From `[row, head, token, size]` to `[token, row, head, size]`: where it can, after the quantization that follows,
    which leaves a quarter of the bytes to move."""
    back = attention.back
    dropped.append(back)
    reshape = graph.only_consumer(back.output[0], "Reshape")
    quantize = reshape and graph.only_consumer(reshape.output[0], "QuantizeLinear")
    if not quantize:
        return [helper.make_node("Transpose", back.input, back.output, name=back.name, perm=BACK)]
    dropped += [reshape, quantize]
    early, turned = f"{back.input[0]}_int8", f"{back.output[0]}_int8"
    return [
        helper.make_node("QuantizeLinear", [back.input[0], *quantize.input[1:]], [early], name=quantize.name),
        helper.make_node("Transpose", [early], [turned], name=back.name, perm=BACK),
        helper.make_node("Reshape", [turned, reshape.input[1]], quantize.output, name=reshape.name),
    ]


def turn_ends(graph: Graph, added: list) -> None:
    """Turns what the embeddings are gathered by, and the logits back."""
    turned: set[str] = set()
    for node in graph.nodes:
        if node.op_type != "Gather" or len(graph.shape(node.input[0]) or ()) != 2:
            continue
        indices, name = node.input[1], f"{node.input[1]}_turned"
        if indices not in turned:
            turned.add(indices)
            added.append(helper.make_node("Transpose", [indices], [name], name=name, perm=[1, 0]))
        node.input[1] = name
    for output in graph.outputs:
        inner = f"{output}_turned"
        for node in graph.nodes:
            node.output[:] = [inner if name == output else name for name in node.output]
        added.append(helper.make_node("Transpose", [inner], [output], name=inner, perm=[1, 0, 2]))
