"""Training of the default model: see README.md."""
