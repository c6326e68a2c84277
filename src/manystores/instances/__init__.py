"""Sourcing problems as files: network, stock, forecast and a stream of orders; made, read, judged, bounded."""
