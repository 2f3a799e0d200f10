"""Exports token-classification models of transformers to ONNX.

    load -> tokenizer -> graph -> variants -> check -> put in place

The graph comes from transformers' own exporter (`transformers.exporters`, over torch.onnx), which handles the
peculiarities of each architecture and needs only onnxscript; optimum needs an older transformers. Half precision is
scripts/make_fp16's conversion, 8 bits are scripts/quantize's: products with weights per column and activations of a
constant scale, so that no score depends on the batch.
"""
