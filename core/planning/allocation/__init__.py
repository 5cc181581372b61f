"""The allocator: exact budgets with proof. `optimise(problem)` answers; see docs/allocation.md."""

from core.planning.allocation.optimiser import optimise
from core.planning.allocation.parsing import parse_problem, result_document
from core.planning.allocation.problem import Problem, Result

__all__ = ["Problem", "Result", "optimise", "parse_problem", "result_document"]
