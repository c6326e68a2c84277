"""Which tables are small and shared (reference), and so may stand without a partition in their keys."""

REFERENCE = frozenset(
    {
        "alembic_version",
        # core
        "numbers",
        "partitions",
        "parties",
        "api_keys",
        "http_results",
        # network
        "locations",
        "location_groups",
        "delivery_areas",
        "carriers",
        "carrier_zones",
        "delivery_fees",
        # catalogue
        "offers",
        "kit_components",
        "lots",
        # people
        "people",
        "person_locations",
        "sessions",
        "sign_in_tries",
        "saved_views",
        # flows
        "policies",
        "simulations",
        # members
        "payment_accounts",
        # worker
        "webhooks",
    }
)
"""Copied whole to every host when an installation is distributed; all other tables are distributed by partition_id."""
