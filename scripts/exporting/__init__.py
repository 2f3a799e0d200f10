"""Exports token-classification models of transformers to ONNX.

    load -> tokenizer -> graph -> variants -> check -> put in place

The graph comes from the exporter that transformers has of its own (`transformers.exporters`, over torch.onnx): it knows
each architecture's stumbling blocks and needs onnxscript alone; optimum wants an older transformers beside it. Half
precision is scripts/make_fp16's conversion, 8 bits are scripts/quantize's: products with weights per column and
activations of a constant scale, so that no score depends on the batch.
"""
