"""One module per outside format: their shapes <-> our types, nothing else."""
