"""Makes an 8-bit model for the CPU whose scores do not depend on the batch.

    read the text -> simplify the graph -> calibrate -> quantize -> check -> put in place

Each step is one module. ONNX Runtime's own dynamic quantisation takes one scale per activation tensor from the
tensor itself, padding and neighbours included. Here every scale is a constant, taken once from sample sentences.
Attention stays in single operators: ONNX Runtime's fused one gives the same bits and is 3% slower on the CPU.
"""
