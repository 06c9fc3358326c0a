"""Money worked out exactly (算一算): every step shown with its clause, unknown never taken for nothing."""

from knowledge.calculators.catalogue import CALCULATORS, Calculator, calculate
from knowledge.calculators.comparing import Comparison, RouteCost, compare_routes
from knowledge.calculators.inputs import Input, InputError
from knowledge.calculators.result import UNDETERMINED, Result, Step
from knowledge.calculators.spoken import Reading, read_amount, read_rate

__all__ = [
    "CALCULATORS", "UNDETERMINED", "Calculator", "Comparison", "Input", "InputError", "Reading", "Result", "RouteCost",
    "Step", "calculate", "compare_routes", "read_amount", "read_rate",
]  # fmt: skip
