"""Members: who a shopper is, across channels."""
