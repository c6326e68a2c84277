"""Probabilistic linkage: records of two sources, or of one, that are probably of the same person.

The model is Fellegi and Sunter's (1969), its parameters learned by expectation maximisation from the records themselves
(Splink on DuckDB): no example of a match is needed.
"""

from manystores.members.linkage.reading import read_records
from manystores.members.linkage.run import CLUSTER_THRESHOLD, LINK_THRESHOLD, Deduped, Linked, dedupe, link
from manystores.members.linkage.schema import Schema, schema_of

__all__ = [
    "CLUSTER_THRESHOLD",
    "LINK_THRESHOLD",
    "Deduped",
    "Linked",
    "Schema",
    "dedupe",
    "link",
    "read_records",
    "schema_of",
]
