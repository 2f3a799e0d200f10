//! Stage 1: inputs to articles.
