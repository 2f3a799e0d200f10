"""From a single-precision file to the quantized graph."""

import argparse
import pathlib

from . import check, layout, weights
from .graph import Graph
from .runtime import Rows, Runner, simplified


def quantized(source: pathlib.Path, samples: Rows, options: argparse.Namespace) -> tuple[Graph, dict]:
    """The quantized graph and what was done to it."""
    graph = simplified(source)
    found = weights.products(graph)
    if not found:
        raise ValueError(f"{source} has no product of activations with constant weights: is it already quantized?")
    kept = [product for product in found if options.keep and options.keep.search(product.output)]
    if options.keep and not kept:
        raise ValueError(f"--keep: none of the products is like {options.keep.pattern!r}, but: {names_of(found)}")
    found = [product for product in found if product not in kept]
    names = list(dict.fromkeys(product.activations for product in found))
    ranges = weights.calibrate(graph, names, samples, options.percentile)
    weights.quantize_products(graph, found, ranges, weights.FULL if options.full_range else weights.REDUCED)
    tables = weights.quantize_tables(graph, weights.FULL)
    plain = Runner(graph.build())
    turned = layout.tokens_first(graph)
    if turned:
        check.equal(plain, Runner(graph.build()), samples[: check.BATCH_ROWS])
    steps = {"products": len(found), "kept": len(kept), "scales": len(names), "tables": tables, "attentions_tokens_first": turned}
    return graph, steps


def names_of(products: list[weights.Product]) -> str:
    """The names of the first few."""
    return ", ".join([product.output for product in products[:8]] + ["…"] * (len(products) > 8))
