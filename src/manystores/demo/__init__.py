"""A festival on 7,209 real stores, in one command."""
