"""Locations, hours, areas, capacities, carriers: where things are and who may serve whom."""
