"""The conversions of a graph: from 8 bits to single precision, and from there to half precision."""

import numpy
from onnx import TensorProto, helper, numpy_helper


def dequantised(model):
    """Replaces the 8-bit products and tables of `model` with single-precision ones of the same values."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    producers = {name: node for node in graph.node for name in node.output}
    value = lambda name: numpy_helper.to_array(constants[name])
    nodes, made = [], {}

    def constant(name, array):
        if name not in made:
            made[name] = numpy_helper.from_array(array.astype(numpy.float32), name)
        return name

    # Quantized activations are replaced with what they were computed from, also where a transpose lies between.
    floats = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "QuantizeLinear"}
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            continue
        if node.op_type == "MatMulIntegerToFloat":
            inputs = [*node.input, "", "", ""][:7]
            activations, weights, _, scale, _, zero, bias = inputs
            values = value(weights).astype(numpy.float32)
            values = (values - value(zero).astype(numpy.float32) if zero else values) * value(scale)
            name = constant(f"{weights}_float", values)
            output = node.output[0]
            product = f"{output}_product" if bias else output
            operands = [floats.get(activations, activations), name]
            nodes.append(helper.make_node("MatMul", operands, [product], name=f"{node.name}_float"))
            if bias:
                nodes.append(helper.make_node("Add", [product, bias], [output], name=f"{node.name}_bias"))
        elif node.op_type == "DequantizeLinear" and (gather := producers.get(node.input[0])) is not None:
            if gather.op_type != "Gather" or gather.input[0] not in constants:
                raise ValueError(f"{node.name}: only tables of 8-bit rows can be dequantised")
            table = value(gather.input[0]).astype(numpy.float32)
            table = (table - value(node.input[2]).astype(numpy.float32) if len(node.input) > 2 else table)
            name = constant(f"{gather.input[0]}_float", table * value(node.input[1]))
            nodes.append(helper.make_node("Gather", [name, gather.input[1]], [node.output[0]], name=f"{gather.name}_float"))
        elif node.op_type == "FusedMatMul":
            nodes += unfused(node, constant)
        else:
            node.input[:] = [floats.get(name, name) for name in node.input]
            nodes.append(node)
    return rebuilt(model, nodes, made)


def unfused(node, constant):
    """A FusedMatMul over `[token, row, head, size]`, as standard operators: transposes, a product and a scale."""
    given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    nodes, operands, output = [], [], node.output[0]
    for side, name in zip("AB", node.input):
        order = [1, 2, 0, 3] if given.get(f"transBatch{side}") else [0, 1, 2, 3]
        order = [*order[:2], order[3], order[2]] if given.get(f"trans{side}") else order
        operands.append(f"{output}_{side}")
        nodes.append(helper.make_node("Transpose", [name], operands[-1:], name=operands[-1], perm=order))
    scale = constant(f"{output}_scale", numpy.float32(given.get("alpha", 1.0)))
    nodes.append(helper.make_node("MatMul", operands, [f"{output}_product"], name=node.name))
    nodes.append(helper.make_node("Mul", [f"{output}_product", scale], [output], name=f"{output}_scaled"))
    return nodes


def rebuilt(model, nodes, added):
    """The model with these nodes, without those that no output depends on."""
    used = {output.name for output in model.graph.output}
    kept = []
    for node in reversed(nodes):
        if used.intersection(node.output):
            kept.append(node)
            used.update(node.input)
    constants = [tensor for tensor in [*model.graph.initializer, *added.values()] if tensor.name in used]
    del model.graph.node[:], model.graph.initializer[:], model.graph.value_info[:]
    model.graph.node.extend(kept[::-1])
    model.graph.initializer.extend(constants)
    return model


def exact(model):
    """The nodes that stay in single precision, by their first output: those that compute angles and bucket numbers of
    positions. Half precision has no whole numbers beyond 2048, and rounds the angle of position 500 by a quarter."""
    producers = {name: node for node in model.graph.node for name in node.output}
    floats = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)
    kept = {}
    for seed in model.graph.node:
        to = next((attribute.i for attribute in seed.attribute if attribute.name == "to"), None)
        if seed.op_type not in ("Cos", "Sin") and (to is None or to in floats):
            continue
        found, waiting = {}, [seed]
        while waiting:
            node = waiting.pop()
            if node.op_type in ("Shape", "Size") or node.output[0] in found:
                continue
            found[node.output[0]] = node
            waiting += [producers[name] for name in node.input if name in producers]
        # What depends on the text itself is not a position.
        if not any(node.op_type in ("LayerNormalization", "Softmax") for node in found.values()):
            kept |= found
    return kept


def is_single(model, names):
    """Which of these outputs are float32."""
    producers = {name: node for node in model.graph.node for name in node.output}
    constants = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    other = ("Shape", "Size", "And", "Or", "Not", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "ArgMax")

    def kind(name):
        node = producers.get(name)
        if node is None:
            return constants.get(name, TensorProto.INT64)
        given = {attribute.name: attribute for attribute in node.attribute}
        if node.op_type == "Cast":
            return given["to"].i
        if "value" in given:
            return given["value"].t.data_type
        if node.op_type in other or not node.input:
            return TensorProto.BOOL
        return kind(node.input[1 if node.op_type == "Where" else 0])

    return [name for name in names if kind(name) == TensorProto.FLOAT]


def halved(model):
    """Converts every float32 constant and cast to half precision, except those of `exact` and the last cast, which
    gives the logits."""
    lowest = numpy.finfo(numpy.float16).min
    half = lambda array: numpy.clip(array, lowest, -lowest).astype(numpy.float16)
    untouched = exact(model)
    single = {name for node in untouched.values() for name in node.input}
    bridged = {name: f"{name}_half" for name in is_single(model, [name for node in untouched.values() for name in node.output])}
    copies = []

    def convert(tensor, name=None):
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(half(numpy_helper.to_array(tensor)), name or tensor.name))

    for tensor in model.graph.initializer:
        if tensor.name not in single:
            convert(tensor)
        elif tensor.data_type == TensorProto.FLOAT:
            copies.append(tensor.__deepcopy__())
            convert(copies[-1], f"{tensor.name}_half")
            bridged[tensor.name] = f"{tensor.name}_half"
    model.graph.initializer.extend(copies)
    nodes = []
    for node in model.graph.node:
        nodes.append(node)
        if node.output[0] in untouched:
            for name in set(node.output) & set(bridged):
                cast = helper.make_node("Cast", [name], [bridged[name]], name=f"{name}_to_half", to=TensorProto.FLOAT16)
                nodes.append(cast)
            continue
        node.input[:] = [bridged.get(name, name) for name in node.input]
        for attribute in node.attribute:
            if attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
            elif attribute.HasField("t"):
                convert(attribute.t)
            elif attribute.name in ("value_float", "value_floats"):
                raise ValueError(f"{node.name}: a constant of an unsupported form")
    for output in model.graph.output:
        inner = f"{output.name}_half"
        for node in nodes:
            node.output[:] = [inner if name == output.name else name for name in node.output]
            node.input[:] = [inner if name == output.name else name for name in node.input]
        nodes.append(helper.make_node("Cast", [inner], [output.name], name=f"{output.name}_single", to=TensorProto.FLOAT))
    return rebuilt(model, nodes, {})
