"""An ONNX graph that can be searched and rewritten."""

import numpy
import onnx
from onnx import helper, numpy_helper

MICROSOFT = "com.microsoft"


class Graph:
    """A model with its tensors' consumers and constants at hand."""

    def __init__(self, model: onnx.ModelProto):
        self.model = model
        self.inputs = [value.name for value in model.graph.input]
        self.outputs = [value.name for value in model.graph.output]
        self.nodes = list(model.graph.node)
        self.constants = {tensor.name: tensor for tensor in model.graph.initializer}
        # The names of weights in 8 bits and of their scales.
        self.quantized: dict[str, tuple[str, str]] = {}
        self.index()

    def index(self) -> None:
        """Finds the consumers again, after `nodes` changed."""
        self.consumers: dict[str, list[onnx.NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)

    def only_consumer(self, name: str, kind: str) -> onnx.NodeProto | None:
        """The node that reads `name`, if it is alone and of that kind."""
        nodes = self.consumers.get(name, [])
        if len(nodes) != 1 or name in self.outputs or nodes[0].op_type != kind:
            return None
        return nodes[0]

    def constant(self, name: str) -> numpy.ndarray | None:
        """The value of a constant."""
        tensor = self.constants.get(name)
        return None if tensor is None else numpy_helper.to_array(tensor)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a constant."""
        tensor = self.constants.get(name)
        return None if tensor is None else tuple(tensor.dims)

    def free(self, name: str) -> str:
        """The name, or one like it that no tensor has."""
        taken = {*self.constants, *self.inputs, *(output for node in self.nodes for output in node.output)}
        while name in taken:
            name += "_"
        return name

    def add_constant(self, name: str, value) -> str:
        """Adds a constant and gives its name back."""
        self.constants[name] = numpy_helper.from_array(numpy.asarray(value), name)
        return name

    def replace(self, dropped: list[onnx.NodeProto], added: list[onnx.NodeProto]) -> None:
        """Swaps nodes, sorts all by their inputs and drops what no output needs any more."""
        gone = {id(node) for node in dropped}
        waiting = [node for node in self.nodes if id(node) not in gone] + added
        known = {"", *self.inputs, *self.constants}
        ordered: list[onnx.NodeProto] = []
        while waiting:
            later = []
            for node in waiting:
                if all(name in known for name in node.input):
                    ordered.append(node)
                    known.update(node.output)
                else:
                    later.append(node)
            if len(later) == len(waiting):
                raise ValueError(f"the rewritten graph has a cycle or lacks an input at {later[0].name}")
            waiting = later
        used = set(self.outputs)
        kept = []
        for node in reversed(ordered):
            if used.intersection(node.output):
                kept.append(node)
                used.update(node.input)
        self.nodes = kept[::-1]
        self.constants = {name: self.constants[name] for name in sorted(self.constants) if name in used}
        self.index()

    def build(self, extra_outputs: tuple[str, ...] = ()) -> onnx.ModelProto:
        """The model, with some inner float tensors as outputs if asked."""
        model = onnx.ModelProto(ir_version=self.model.ir_version, producer_name="namewire")
        standard = next(entry.version for entry in self.model.opset_import if entry.domain in ("", "ai.onnx"))
        model.opset_import.extend([helper.make_opsetid("", standard), helper.make_opsetid(MICROSOFT, 1)])
        graph = model.graph
        graph.name = self.model.graph.name
        graph.input.extend(self.model.graph.input)
        graph.output.extend(self.model.graph.output)
        graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in extra_outputs)
        graph.node.extend(self.nodes)
        graph.initializer.extend(self.constants.values())
        return model
