"""Demand + supply + policy -> a plan with reasons. Pure."""
