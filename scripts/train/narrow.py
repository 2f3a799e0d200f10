"""A tagger with fewer units in its inner layers, from one with more: the units whose outputs matter least are dropped.

What matters is how much a unit's output varies over news, times the length of its weights in the next product; the mean
of what is dropped goes to that product's bias. Training makes up for the rest.
"""

import torch
from torch import nn

from .network import Tagger, attention_mask, padded


def narrow(wide: Tagger, tagger: Tagger, rows: list[list[int]], batch: int = 32) -> None:
    """Gives `tagger` the weights of `wide`, whose inner layers are wider; `rows` are token ids of some news."""
    state = wide.state_dict()
    for layer, (mean, deviation) in enumerate(_outputs(wide, rows, batch)):
        part = f"encoder.encoder.layer.{layer}"
        inner, outer = f"{part}.intermediate.dense", f"{part}.output.dense"
        weights = state[f"{outer}.weight"]
        importance = deviation * weights.norm(dim=0)
        kept = importance.topk(tagger.encoder.config.intermediate_size).indices.sort().values
        dropped = torch.ones_like(importance, dtype=torch.bool)
        dropped[kept] = False
        state[f"{inner}.weight"], state[f"{inner}.bias"] = state[f"{inner}.weight"][kept], state[f"{inner}.bias"][kept]
        state[f"{outer}.weight"] = weights[:, kept]
        state[f"{outer}.bias"] = state[f"{outer}.bias"] + weights[:, dropped] @ mean[dropped]
    tagger.load_state_dict(state)


@torch.no_grad()
def _outputs(tagger: Tagger, rows: list[list[int]], batch: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Mean and standard deviation of each inner unit's output, for each layer."""
    found: dict[int, list[torch.Tensor]] = {}
    present = torch.tensor([])

    def keep(layer: int) -> object:
        def hook(_module: nn.Module, _given: tuple, output: torch.Tensor) -> None:
            values = output.float()[present]
            sums = torch.stack([torch.full_like(values[0], len(values)), values.sum(0), values.square().sum(0)])
            found[layer] = found.get(layer, 0) + sums

        return hook

    hooks = [each.intermediate.register_forward_hook(keep(at)) for at, each in enumerate(tagger.encoder.encoder.layer)]
    tagger.eval()
    for start in range(0, len(rows), batch):
        chosen = rows[start : start + batch]
        mask = attention_mask(chosen)
        present = mask.bool()
        tagger(padded(chosen, 0), mask)
    for hook in hooks:
        hook.remove()
    moments = [(sums[1] / sums[0], sums[2] / sums[0]) for _, sums in sorted(found.items())]
    return [(mean, (square - mean.square()).clamp(min=0).sqrt()) for mean, square in moments]
