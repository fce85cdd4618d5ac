"""The token model: a codec with residual vector quantization, and a transformer over its codes."""
