"""Brands' offers (goods, services, quotas), variants, kits, prices."""
