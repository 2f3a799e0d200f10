"""Half-precision models for GPUs; scripts/make_fp16 starts it."""
