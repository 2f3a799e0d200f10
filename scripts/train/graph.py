"""A tagger as an ONNX graph in single precision, written out node by node.

The graph that an exporter traces has shape arithmetic and masks of its own in it; in this one every attention is of the
plain form that scripts/quantize lays out for speed.
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# What keeps padding out of a softmax.
BARRED = -1e4
INPUTS = ("input_ids", "attention_mask")


class Writer:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def add(self, kind: str, inputs: list[str], name: str, **attributes: object) -> str:
        """A node with one output, called as the node is."""
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def weight(self, name: str, values: np.ndarray) -> str:
        """An initializer."""
        self.weights[name] = np.ascontiguousarray(values)
        return name


def build(
    state: dict[str, np.ndarray],
    layers: int,
    heads: int,
    epsilon: float,
    activation: str = "gelu",
    nearness: np.ndarray | None = None,
) -> onnx.ModelProto:
    """The graph of a BertForTokenClassification with these weights, named as transformers names them.

    `activation` is that of the inner layers, as transformers calls it; `nearness`, [1, head, token, token], is added to every attention's scores.
    Inputs: int64 [batch, token] each; output: `logits`, float32 [batch, token, label].
    """
    writer = Writer()
    hidden = _embeddings(writer, state, epsilon)
    absent = _mask(writer)
    if nearness is not None:
        absent = _near(writer, nearness, absent)
    for layer in range(layers):
        hidden = _layer(writer, state, layer, hidden, absent, heads, epsilon, activation)
    _linear(writer, state, "classifier", hidden, "logits")
    labels = state["classifier.bias"].shape[0]
    tensor, free = helper.make_tensor_value_info, ["batch", "token"]
    graph = helper.make_graph(
        writer.nodes,
        "tagger",
        [tensor(name, TensorProto.INT64, free) for name in INPUTS],
        [tensor("logits", TensorProto.FLOAT, [*free, labels])],
        [numpy_helper.from_array(values, name) for name, values in writer.weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="namewire")
    onnx.checker.check_model(model)
    return model


def _embeddings(writer: Writer, state: dict[str, np.ndarray], epsilon: float) -> str:
    part = "bert.embeddings"
    words_table = writer.weight("words_table", state[f"{part}.word_embeddings.weight"])
    # There is one text, so that the first row of types belongs to every token: it is added to the positions.
    placed = state[f"{part}.position_embeddings.weight"] + state[f"{part}.token_type_embeddings.weight"][0]
    places_table = writer.weight("places_table", placed)
    shape = writer.add("Shape", ["input_ids"], "shape")
    first, second = writer.weight("first_axis", np.array([0])), writer.weight("second_axis", np.array([1]))
    width = writer.add("Gather", [shape, second], "width")
    # Of a row, [1, token], so that they are one with the other ids to whoever lays out the graph.
    every = writer.weight("every_place", np.arange(len(placed))[None])
    order = writer.add("Slice", [every, first, width, second], "order")
    words = writer.add("Gather", [words_table, "input_ids"], "words")
    places = writer.add("Gather", [places_table, order], "places")
    summed = writer.add("Add", [words, places], "embedded")
    return _norm(writer, state, f"{part}.LayerNorm", "start", summed, epsilon)


def _mask(writer: Writer) -> str:
    """What is added to scores, [batch, 1, 1, token]."""
    axes = writer.weight("head_axes", np.array([1, 2]))
    spread = writer.add("Unsqueeze", ["attention_mask", axes], "mask_spread")
    present = writer.add("Cast", [spread], "present", to=TensorProto.FLOAT)
    away = writer.add("Sub", [writer.weight("whole", np.array(1, np.float32)), present], "away")
    return writer.add("Mul", [away, writer.weight("barred", np.array(BARRED, np.float32))], "absent")


def _near(writer: Writer, nearness: np.ndarray, absent: str) -> str:
    """The mask with what the distance of two tokens adds to their scores, [batch, head, token, token]."""
    zeros, axes = writer.weight("no_places", np.array([0, 0])), writer.weight("token_axes", np.array([2, 3]))
    square = writer.add("Concat", ["width", "width"], "square", axis=0)
    near = writer.add("Slice", [writer.weight("nearness", nearness), zeros, square, axes], "near")
    return writer.add("Add", [absent, near], "near_or_absent")


def _layer(
    writer: Writer,
    state: dict[str, np.ndarray],
    layer: int,
    hidden: str,
    absent: str,
    heads: int,
    epsilon: float,
    activation: str,
) -> str:
    part, name = f"bert.encoder.layer.{layer}", f"l{layer}"
    width = state[f"{part}.attention.self.query.bias"].shape[0]
    size = width // heads
    split = writer.weight("split", np.array([0, 0, heads, size]))
    join = writer.weight("join", np.array([0, 0, width]))
    root = writer.weight("root", np.array(math.sqrt(size), np.float32))

    def turned(what: str, permutation: list[int]) -> str:
        made = _linear(writer, state, f"{part}.attention.self.{what}", hidden, f"{name}.{what}")
        apart = writer.add("Reshape", [made, split], f"{name}.{what}_heads")
        return writer.add("Transpose", [apart], f"{name}.{what}_turned", perm=permutation)

    query, key, value = turned("query", [0, 2, 1, 3]), turned("key", [0, 2, 3, 1]), turned("value", [0, 2, 1, 3])
    products = writer.add("MatMul", [query, key], f"{name}.products")
    scores = writer.add("Add", [writer.add("Div", [products, root], f"{name}.scaled"), absent], f"{name}.scores")
    shares = writer.add("Softmax", [scores], f"{name}.shares", axis=-1)
    context = writer.add("MatMul", [shares, value], f"{name}.context")
    back = writer.add("Transpose", [context], f"{name}.context_turned", perm=[0, 2, 1, 3])
    joined = writer.add("Reshape", [back, join], f"{name}.context_joined")
    attended = _linear(writer, state, f"{part}.attention.output.dense", joined, f"{name}.attended")
    middle = writer.add("Add", [attended, hidden], f"{name}.attended_sum")
    middle = _norm(writer, state, f"{part}.attention.output.LayerNorm", f"{name}.middle", middle, epsilon)
    inner = ACTIVATIONS[activation](writer, _linear(writer, state, f"{part}.intermediate.dense", middle, f"{name}.inner"))
    outer = _linear(writer, state, f"{part}.output.dense", inner, f"{name}.outer")
    summed = writer.add("Add", [outer, middle], f"{name}.sum")
    return _norm(writer, state, f"{part}.output.LayerNorm", f"{name}.hidden", summed, epsilon)


def _linear(writer: Writer, state: dict[str, np.ndarray], part: str, given: str, name: str) -> str:
    weight, bias = writer.weight(f"{name}.w", state[f"{part}.weight"].T), writer.weight(f"{name}.b", state[f"{part}.bias"])
    return writer.add("Add", [bias, writer.add("MatMul", [given, weight], f"{name}_product")], name)


def _norm(writer: Writer, state: dict[str, np.ndarray], part: str, name: str, given: str, epsilon: float) -> str:
    weight, bias = (writer.weight(f"{name}.{end}", state[f"{part}.{kind}"]) for end, kind in (("w", "weight"), ("b", "bias")))
    return writer.add("LayerNormalization", [given, weight, bias], name, axis=-1, epsilon=epsilon)


def _gelu(writer: Writer, given: str) -> str:
    """x/2 (1 + erf(x/√2)), in the order in which ONNX Runtime knows it."""
    root = writer.weight("root_of_two", np.array(math.sqrt(2), np.float32))
    erf = writer.add("Erf", [writer.add("Div", [given, root], f"{given}_divided")], f"{given}_erf")
    product = writer.add("Mul", [given, writer.add("Add", [erf, "whole"], f"{given}_above")], f"{given}_product_of_erf")
    return writer.add("Mul", [product, writer.weight("half", np.array(0.5, np.float32))], f"{given}_gelu")


def _relu(writer: Writer, given: str) -> str:
    return writer.add("Relu", [given], f"{given}_relu")


# By transformers' names.
ACTIVATIONS = {"gelu": _gelu, "relu": _relu}
