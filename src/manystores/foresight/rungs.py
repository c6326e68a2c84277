"""What preparation and transit depend on, as they are learned here."""

from typing import Final

from manystores.foresight.ladder import Rung

PREPARATION: Final = (
    Rung((), 14.0, 0.0),
    Rung(("kind",), 14.0, 30.0),
    Rung(("location",), 14.0, 20.0),
    Rung(("kind", "hour"), 14.0, 40.0),
    Rung(("load",), 14.0, 40.0),
    Rung(("kind",), 1.5, 40.0, moving=True),
    Rung(("location",), 2.5, 15.0, moving=True),
)
PREPARATION_SHAPES: Final = (Rung((), 14.0, 0.0), Rung(("kind",), 14.0, 200.0), Rung(("location",), 14.0, 150.0))
TRANSIT: Final = (
    Rung((), 14.0, 0.0),
    Rung(("carrier",), 14.0, 30.0),
    Rung(("carrier", "region"), 14.0, 20.0),
    Rung(("carrier", "location"), 14.0, 60.0),
    Rung(("carrier", "sent_weekday"), 21.0, 100.0),
    Rung(("carrier", "season"), 400.0, 100.0),
    Rung(("carrier", "sent_hour"), 14.0, 50.0),
    Rung(("carrier", "region", "sent_hour"), 14.0, 40.0),
    Rung(("carrier",), 1.5, 40.0, moving=True),
    Rung(("carrier", "region"), 2.5, 25.0, moving=True),
)
TRANSIT_SHAPES: Final = (
    Rung((), 14.0, 0.0),
    Rung(("carrier",), 14.0, 200.0),
    Rung(("carrier", "region"), 14.0, 150.0),
    Rung(("carrier", "region", "sent_hour"), 14.0, 200.0),
)
