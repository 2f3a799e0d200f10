"""A tagger from the ONNX graph that it was exported to: in single precision, or in the 8 bits of scripts/quantize.

Steps of 8 bits are fine enough to train on from: the first hundred steps of training make up for them.
"""

import pathlib

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from .network import Tagger

# Names of graph.py, and those of transformers; of products, `w` is turned.
PRODUCTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}
NORMS = {"middle": "attention.output.LayerNorm", "hidden": "output.LayerNorm"}


class Weights:
    """The constants of a graph, as numbers in single precision."""

    def __init__(self, path: pathlib.Path):
        """ValueError where the file is no graph."""
        try:
            graph = onnx.load(path).graph
        except DecodeError as error:
            raise ValueError(f"{path} is not an ONNX file: {error}") from error
        self.path = path
        self.stored = {tensor.name: tensor for tensor in graph.initializer}

    def __getitem__(self, name: str) -> torch.Tensor:
        """ValueError where graph.py would have written such a constant, and there is none."""
        if name in self.stored:
            return torch.from_numpy(self._array(name).astype(np.float32))
        if f"{name}_int8" in self.stored:
            steps = self._array(f"{name}_int8").astype(np.float32)
            return torch.from_numpy(steps * self._array(f"{name}_scale"))
        raise ValueError(f"{self.path} has no {name}: it is not a graph that `export` wrote")

    def _array(self, name: str) -> np.ndarray:
        return numpy_helper.to_array(self.stored[name])


def restore(tagger: Tagger, path: pathlib.Path) -> None:
    """Gives a tagger, as it is before training, the weights of a graph of the same encoder, vocabulary and labels."""
    weights = Weights(path)
    embeddings, found = tagger.embeddings, {}
    words, folded = weights["words_table"], embeddings.folded()
    if words.shape != folded.shape:
        raise ValueError(f"{path} has {list(words.shape)} embeddings, and the tagger {list(folded.shape)}")
    with torch.no_grad():
        # What a piece has beside its lower-case form and its casing is its own.
        embeddings.own.weight += words - folded
    kinds = tagger.encoder.embeddings.token_type_embeddings.weight.detach()
    found["embeddings.position_embeddings.weight"] = weights["places_table"] - kinds[0]
    found |= _norm(weights, "embeddings.LayerNorm", "start")
    for layer in range(tagger.encoder.config.num_hidden_layers):
        part, name = f"encoder.layer.{layer}", f"l{layer}"
        for short, long in PRODUCTS.items():
            found[f"{part}.{long}.weight"] = weights[f"{name}.{short}.w"].T
            found[f"{part}.{long}.bias"] = weights[f"{name}.{short}.b"]
        for short, long in NORMS.items():
            found |= _norm(weights, f"{part}.{long}", f"{name}.{short}")
    missing, _ = tagger.encoder.load_state_dict(found, strict=False)
    if unknown := [name for name in missing if "token_type" not in name]:
        raise ValueError(f"{path} does not have all weights: {', '.join(unknown)}")
    tagger.classifier.load_state_dict({"weight": weights["logits.w"].T, "bias": weights["logits.b"]})


def _norm(weights: Weights, long: str, short: str) -> dict[str, torch.Tensor]:
    return {f"{long}.weight": weights[f"{short}.w"], f"{long}.bias": weights[f"{short}.b"]}
