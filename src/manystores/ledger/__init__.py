"""Buckets, movements, reservations: a deterministic state machine."""
