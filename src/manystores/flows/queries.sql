-- The policy in force of every brand.
-- name: policies_in_force
SELECT DISTINCT ON (party_no) party_no, version, body::text FROM policies ORDER BY party_no, version DESC

-- A brand's versions, newest first, those before a given one.
-- name: list_policies
SELECT p.version, p.body::text, p.published_at, p.published_by, coalesce(u.name, k.name) AS published_by_name, p.note,
       p.based_on
FROM policies p
LEFT JOIN people u ON p.published_by = 'person:' || u.person_id
LEFT JOIN api_keys k ON p.published_by = 'key:' || k.key_id
WHERE p.party_no = %(party_no)s AND (%(before)s::int IS NULL OR p.version < %(before)s)
ORDER BY p.version DESC LIMIT %(limit)s

-- One version of a brand's.
-- name: get_policy
SELECT p.version, p.body::text, p.published_at, p.published_by, coalesce(u.name, k.name) AS published_by_name, p.note,
       p.based_on
FROM policies p
LEFT JOIN people u ON p.published_by = 'person:' || u.person_id
LEFT JOIN api_keys k ON p.published_by = 'key:' || k.key_id
WHERE p.party_no = %(party_no)s AND p.version = %(version)s

-- The next version; two who publish at once get two versions, or the second an error on the key.
-- name: publish_policy
INSERT INTO policies (party_no, version, body, published_at, published_by, note, based_on)
SELECT %(party_no)s, coalesce(max(version), 0) + 1, %(body)s::jsonb, %(at)s, %(by)s, %(note)s, %(based_on)s::int
FROM policies WHERE party_no = %(party_no)s
RETURNING version

-- Brands, for who names none.
-- name: brands
SELECT party_no, partition_id, code FROM parties WHERE kind = 'brand' ORDER BY code

-- A brand's orders from a time on, in the order in which they came.
-- name: orders_since
SELECT doc FROM orders
WHERE partition_id = %(partition_id)s AND party_no = %(party_no)s AND placed_at >= %(placed_from)s
ORDER BY placed_at, order_id

-- What locations have: buckets as far as the projection is, and movements since.
-- part: live_shelves
    SELECT location_no, offer_no, window_at_us, lot_no, sum(available)::bigint AS available
    FROM (
        SELECT location_no, offer_no, window_at_us, lot_no, on_hand - reserved - unavailable AS available
        FROM buckets
        WHERE partition_id = %(partition)s AND offer_no >= 16 AND location_no = ANY(%(places)s::int[])
            AND (%(offers)s::int[] IS NULL OR offer_no = ANY(%(offers)s::int[]))
        UNION ALL
        SELECT m.location_no, m.offer_no, m.window_at_us, m.lot_no, m.d_on_hand - m.d_reserved - m.d_unavailable
        FROM movements m
        JOIN projection p ON p.partition_id = m.partition_id AND m.day >= p.day AND m.seq > p.seq
        WHERE m.partition_id = %(partition)s AND m.offer_no >= 16 AND m.location_no = ANY(%(places)s::int[])
            AND (%(offers)s::int[] IS NULL OR m.offer_no = ANY(%(offers)s::int[]))
    ) AS both_parts
    GROUP BY location_no, offer_no, window_at_us, lot_no

-- Shelves of some offers, packed: 5 big-endian words each.
-- name: shelves_of_offers
SELECT string_agg(
    int8send(location_no) || int8send(offer_no) || int8send(window_at_us) || int8send(lot_no) || int8send(available), '')
FROM (
    -- with: live_shelves
) AS shelves

-- Units of each offer that locations can sell now.
-- name: offers_in_stock
SELECT offer_no, sum(available)
FROM (
    -- with: live_shelves
) AS shelves
WHERE window_at_us = 0 AND available > 0
GROUP BY offer_no
ORDER BY offer_no

-- A simulation begins.
-- name: insert_simulation
INSERT INTO simulations (simulation_id, party_no, created_at, created_by, ask, state)
VALUES (%(simulation_id)s, %(party_no)s, %(at)s, %(by)s, %(ask)s::jsonb, 'running')

-- What it found, or why it ended; one that ended before stays as it is.
-- name: end_simulation
UPDATE simulations
SET state = %(state)s, finished_at = %(at)s, problem = %(problem)s::jsonb, result = %(result)s
WHERE simulation_id = %(simulation_id)s AND state = 'running'

-- Only so many are kept.
-- name: forget_simulations
DELETE FROM simulations
WHERE party_no = %(party_no)s AND state <> 'running' AND simulation_id NOT IN (
    SELECT simulation_id FROM simulations WHERE party_no = %(party_no)s ORDER BY created_at DESC LIMIT %(most)s
)

-- A brand's simulations, newest first.
-- name: simulations
SELECT simulation_id, created_at, created_by, ask, state, finished_at, problem
FROM simulations
WHERE party_no = %(party_no)s AND (%(simulation_id)s::uuid IS NULL OR simulation_id = %(simulation_id)s)
ORDER BY created_at DESC

-- Those that no process works on any more.
-- name: running_simulations
SELECT simulation_id FROM simulations WHERE party_no = %(party_no)s AND state = 'running'

-- What a simulation found.
-- name: simulation_result
SELECT result FROM simulations WHERE party_no = %(party_no)s AND simulation_id = %(simulation_id)s
