"""A graph as other exporters write it: 32-bit inputs in another order, half-precision logits under another name."""

import pathlib

import onnx
from onnx import TensorProto, helper

FAMILY = "distilbert"
FILE = "model_odd.onnx"


def write(graphs: pathlib.Path) -> None:
    """Writes it beside model.onnx: the same computation, with casts at both ends."""
    model = onnx.load(graphs / "model.onnx")
    graph = model.graph
    casts = []
    for value in graph.input:
        value.type.tensor_type.elem_type = TensorProto.INT32
        wide = f"{value.name}_wide"
        for node in graph.node:
            node.input[:] = [wide if name == value.name else name for name in node.input]
        casts.append(helper.make_node("Cast", [value.name], [wide], name=wide, to=TensorProto.INT64))
    nodes, inputs = [*casts, *graph.node], list(graph.input)[::-1]
    output = graph.output[0]
    output.type.tensor_type.elem_type = TensorProto.FLOAT16
    nodes.append(helper.make_node("Cast", [output.name], ["scores"], name="narrow", to=TensorProto.FLOAT16))
    output.name = "scores"
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.extend(inputs)
    onnx.checker.check_model(model)
    onnx.save(model, graphs / FILE)
