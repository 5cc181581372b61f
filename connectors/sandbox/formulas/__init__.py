"""The sandbox's own formula evaluator: what media plans use, nothing more; what it cannot compute keeps its cached value."""
