"""What was learned from facts: how long a location takes to have an order ready, how long a parcel is under way.

Spread is told, not just the middle: a promise is a quantile of preparation + transit, and what was promised is
measured against what happened.
"""

from manystores.foresight.durations import Durations, learn_durations
from manystores.foresight.ladder import Rung
from manystores.foresight.margins import LEVELS, Margins
from manystores.foresight.promise_quantiles import quantiles_of_sum

__all__ = ["LEVELS", "Durations", "Margins", "Rung", "learn_durations", "quantiles_of_sum"]
