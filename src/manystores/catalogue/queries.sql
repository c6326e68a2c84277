-- The whole row of an offer, its kit components by SKU; callers add what they look for.

-- name: lock_offers
-- The brand's offers with these SKUs, locked in the order of their SKUs so that two imports can't wait for each other.
SELECT offer_no, sku FROM offers
WHERE party_no = %(party_no)s AND sku = ANY(%(skus)s::text[])
ORDER BY sku
FOR UPDATE;

-- name: offers_by_sku
-- The brand's offers with these SKUs.
SELECT o.offer_no, o.party_no, o.sku, o.kind, o.gtin, o.variant_of, o.price_amount, o.price_currency, o.enabled,
       o.document::text, o.revision
FROM offers o
WHERE o.party_no = %(party_no)s AND o.sku = ANY(%(skus)s::text[])
ORDER BY o.sku;

-- name: offers_by_gtin
-- The brand's offers that carry this GTIN: one, or several when it is sold in several ways.
SELECT o.offer_no, o.party_no, o.sku, o.kind, o.gtin, o.variant_of, o.price_amount, o.price_currency, o.enabled,
       o.document::text, o.revision
FROM offers o
WHERE o.party_no = %(party_no)s AND o.gtin = %(gtin)s
ORDER BY o.sku;

-- name: offers_page
-- A page of the brand's offers in the order of their SKUs, from behind the last one of the page before.
SELECT o.offer_no, o.party_no, o.sku, o.kind, o.gtin, o.variant_of, o.price_amount, o.price_currency, o.enabled,
       o.document::text, o.revision
FROM offers o
WHERE o.party_no = %(party_no)s AND o.sku > %(after)s
  AND (%(kind)s::text IS NULL OR o.kind = %(kind)s)
  AND (%(variant_of)s::text IS NULL OR o.variant_of = %(variant_of)s)
  AND (%(enabled)s::boolean IS NULL OR o.enabled = %(enabled)s)
  AND (%(gtin)s::text IS NULL OR o.gtin = %(gtin)s)
  AND (%(text)s::text IS NULL OR strpos(lower(o.sku), lower(%(text)s)) > 0
       OR EXISTS (SELECT FROM jsonb_each_text(o.document -> 'names') AS n (language, name)
                  WHERE strpos(lower(n.name), lower(%(text)s)) > 0))
ORDER BY o.sku
LIMIT %(limit)s;

-- name: offers_from
-- Offers of all brands in the order of their numbers, from behind the last one read.
SELECT o.offer_no, o.party_no, o.sku, o.kind, o.gtin, o.variant_of, o.price_amount, o.price_currency, o.enabled,
       o.document::text, o.revision
FROM offers o
WHERE o.offer_no > %(after)s
ORDER BY o.offer_no
LIMIT %(limit)s;

-- name: components_of
-- What these kits contain, in order.
SELECT k.offer_no, c.sku, k.quantity
FROM kit_components k JOIN offers c ON c.offer_no = k.component_no
WHERE k.offer_no = ANY(%(offer_nos)s::integer[])
ORDER BY k.offer_no, k.position;

-- name: upsert_offers
-- Insert offers, or change those whose SKU the brand has already. A row that another transaction inserted meanwhile
-- keeps its number; each change counts its revision on.
INSERT INTO offers AS o (offer_no, party_no, sku, kind, gtin, variant_of, price_amount, price_currency, enabled,
                         document, revision, created_at, updated_at)
SELECT offer_no, %(party_no)s, sku, kind, gtin, variant_of, price_amount, price_currency, enabled,
       document::jsonb, 1, %(at)s, %(at)s
FROM unnest(%(offer_nos)s::integer[], %(skus)s::text[], %(kinds)s::text[], %(gtins)s::text[], %(styles)s::text[],
            %(amounts)s::bigint[], %(currencies)s::text[], %(enabled)s::boolean[], %(documents)s::text[])
     AS n (offer_no, sku, kind, gtin, variant_of, price_amount, price_currency, enabled, document)
ORDER BY sku
ON CONFLICT (party_no, sku) DO UPDATE SET
    kind = excluded.kind, gtin = excluded.gtin, variant_of = excluded.variant_of,
    price_amount = excluded.price_amount, price_currency = excluded.price_currency, enabled = excluded.enabled,
    document = excluded.document, revision = o.revision + 1, updated_at = excluded.updated_at
RETURNING o.offer_no, o.sku, o.revision;

-- name: forget_components
-- Empty these kits, before what they contain now is written.
DELETE FROM kit_components WHERE offer_no = ANY(%(offer_nos)s::integer[]);

-- name: insert_components
-- What kits contain.
INSERT INTO kit_components (offer_no, position, component_no, quantity)
SELECT * FROM unnest(%(offer_nos)s::integer[], %(positions)s::integer[], %(component_nos)s::integer[],
                     %(quantities)s::bigint[]);
