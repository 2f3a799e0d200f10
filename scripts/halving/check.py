"""The logits of a graph on the CPU, and how far two graphs agree."""

import numpy
import onnxruntime

FED = ("input_ids", "attention_mask", "token_type_ids")


def logits(path, rows, level=None):
    """`[token, label]` per row, on the CPU."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if level is not None:
        options.graph_optimization_level = level
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    if unknown := set(names) - set(FED):
        raise ValueError(f"{path} has unknown inputs: {', '.join(sorted(unknown))}")
    found = []
    for row in rows:
        ids = numpy.array([row], numpy.int64)
        fed = dict(zip(FED, (ids, numpy.ones_like(ids), numpy.zeros_like(ids))))
        found.append(session.run(None, {name: fed[name] for name in names})[0][0])
    return found


def same_label(left, right) -> float:
    """The share of tokens that have the same label in both lists of logits."""
    return float(numpy.concatenate([a.argmax(-1) == b.argmax(-1) for a, b in zip(left, right)]).mean())
