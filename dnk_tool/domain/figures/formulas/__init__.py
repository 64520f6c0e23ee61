"""Every formula behind a figure, as a pure function over exact numbers; each names its source."""

from dnk_tool.domain.figures.formulas.economy import value_distributed
from dnk_tool.domain.figures.formulas.emissions import (
    commuting_distance,
    emissions,
    haulage,
    refrigerant_loss,
)
from dnk_tool.domain.figures.formulas.energy import (
    gas_energy,
    intensity,
    renewable_share,
    self_generated_electricity,
    total_energy,
)
from dnk_tool.domain.figures.formulas.exact import ImpossibleShare, Number, exact, quotient, share, total
from dnk_tool.domain.figures.formulas.people import (
    PER_MILLION_HOURS,
    accident_rate,
    average_headcount,
    coverage,
    diversity_ratio,
    diversity_share,
    mean_training_hours,
    pay_gap,
    training_hours,
    turnover_rate,
)
from dnk_tool.domain.figures.formulas.resources import (
    bio_based_input_share,
    recovery_share,
    recycled_input_share,
    recycled_share,
    water_consumption,
)

__all__ = [
    "PER_MILLION_HOURS",
    "ImpossibleShare",
    "Number",
    "accident_rate",
    "average_headcount",
    "bio_based_input_share",
    "commuting_distance",
    "coverage",
    "diversity_ratio",
    "diversity_share",
    "emissions",
    "exact",
    "gas_energy",
    "haulage",
    "intensity",
    "mean_training_hours",
    "pay_gap",
    "quotient",
    "recovery_share",
    "recycled_input_share",
    "recycled_share",
    "refrigerant_loss",
    "renewable_share",
    "self_generated_electricity",
    "share",
    "total",
    "total_energy",
    "training_hours",
    "turnover_rate",
    "value_distributed",
    "water_consumption",
]
