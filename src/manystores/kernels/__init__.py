"""Pure numba kernels: arrays in, arrays out; no clock, no database, no randomness without a seed."""
