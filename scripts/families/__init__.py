"""Small models with random weights, one for each family of encoders, for the tests.

    train a tokenizer -> build a model -> save as transformers does -> export -> write what PyTorch computes

They know nothing about names. What matters is that tokenizer, special tokens, positions and graph are those of their
family, so that whatever namewire gets wrong for a family shows without a download and without Python.
"""
