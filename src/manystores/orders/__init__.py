"""The one order book: orders, fulfilment orders, returns and their life cycles, as pure functions."""
