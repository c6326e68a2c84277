"""Background work: projection, webhooks, the lake."""
