"""manystores (万店): one stock, one order book, one service network for every channel and every store."""

__version__ = "0.1.0"
