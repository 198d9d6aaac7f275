"""Tables as people have them: first a look at the whole, then the choice of columns, then numbers.

`look` finds out how a table is written, `chosen` which columns to take, `data_from` makes them
numbers and says in one line what was taken.
"""

from gdsim.experiment.tables.choice import chosen, sensible
from gdsim.experiment.tables.column import Column, Kind
from gdsim.experiment.tables.look import Look, Wishes, look
from gdsim.experiment.tables.reading import Missing, Reading, apart, read
from gdsim.experiment.tables.source import Cancelled, Source, pasted_source
from gdsim.experiment.tables.telling import data_from, told

__all__ = [
    "Cancelled",
    "Column",
    "Kind",
    "Look",
    "Missing",
    "Reading",
    "Source",
    "Wishes",
    "apart",
    "chosen",
    "data_from",
    "look",
    "pasted_source",
    "read",
    "sensible",
    "told",
]  # fmt: skip
