"""One piece in eight performances."""
