-- name: claim_answer
-- Take an Idempotency-Key before the work starts: a row comes back if it is ours, fresh or long outdated. A key that
-- another transaction holds right now makes this statement wait for its end.
INSERT INTO http_results AS r (party_no, key_hash, fingerprint, status, headers, body, created_at)
VALUES (%(party_no)s, %(key_hash)s, %(fingerprint)s, 0, '{}', '', %(now)s)
ON CONFLICT (party_no, key_hash) DO UPDATE
SET fingerprint = excluded.fingerprint, status = 0, headers = '{}', body = '', created_at = excluded.created_at
WHERE r.created_at <= %(since)s
RETURNING 1

-- name: find_answer
-- The answer under a key, with the fingerprint of the request that it answered.
SELECT fingerprint, status, headers, body FROM http_results
WHERE party_no = %(party_no)s AND key_hash = %(key_hash)s

-- name: keep_answer
-- Put the answer beside the work that it tells of.
UPDATE http_results SET status = %(status)s, headers = %(headers)s, body = %(body)s
WHERE party_no = %(party_no)s AND key_hash = %(key_hash)s

-- name: lock_timeout
-- How long the statements of this transaction may wait for somebody else's.
SELECT set_config('lock_timeout', %(wait)s, true)

-- name: lock_party
-- One at a time writes what a brand has only one of: its policy, its table of delivery fees.
SELECT party_no FROM parties WHERE party_no = %(party_no)s FOR NO KEY UPDATE

-- name: page_of_keys
-- A page of a party's keys, oldest first, after a given key; without what is secret.
SELECT k.key_id, p.code AS party, k.location_no, k.name, k.scopes, k.created_at, k.expires_at, k.revoked_at
FROM api_keys k JOIN parties p USING (party_no)
WHERE k.party_no = %(party_no)s
    AND (%(after)s::uuid IS NULL OR k.key_id > %(after)s)
    AND (%(location_no)s::integer IS NULL OR k.location_no = %(location_no)s)
ORDER BY k.key_id
LIMIT %(limit)s

-- name: find_key
-- One key; of one party only, if that is given.
SELECT k.key_id, p.code AS party, k.location_no, k.name, k.scopes, k.created_at, k.expires_at, k.revoked_at
FROM api_keys k JOIN parties p USING (party_no)
WHERE k.key_id = %(key_id)s AND (%(party_no)s::integer IS NULL OR k.party_no = %(party_no)s)

-- name: count_orders
-- Orders with ids in [from, before): they begin with the time, so that what was counted once needn't be again.
SELECT count(*) FROM orders
WHERE partition_id = %(partition)s AND order_id >= %(from)s AND order_id < %(before)s

-- name: count_facts
-- Facts of the batches in (after, upto].
SELECT count(*) FROM journal WHERE partition_id = %(partition)s AND seq > %(after)s AND seq <= %(upto)s

-- name: latest_facts
-- What happened last: only kinds and times, which are nobody's secret.
SELECT name, at FROM journal WHERE partition_id = %(partition)s AND seq > %(after)s
ORDER BY seq DESC, n DESC
LIMIT %(limit)s

-- The name of a party.
-- name: party_name
SELECT name FROM parties WHERE party_no = %(party_no)s;

-- A page of the brands, by code, after a given one.
-- name: page_of_brands
SELECT code, name, created_at FROM parties
WHERE kind = 'brand' AND code > %(after)s
ORDER BY code
LIMIT %(limit)s;

-- name: board_sequence
-- The last committed batch, as this transaction sees it.
SELECT seq FROM lease WHERE partition_id = %(partition)s

-- name: board_orders
-- Orders placed since the day or the hour began, by channel: those of the day, and each second of the last hour. A
-- location is told what it serves, served or sold; so in all that follows.
SELECT
    o.channel,
    o.placed_at >= %(day)s AS today,
    CASE WHEN o.placed_at >= %(hour)s THEN floor(extract(EPOCH FROM o.placed_at))::bigint ELSE 0 END AS second,
    count(*)
FROM orders o
WHERE o.partition_id = %(partition)s
    AND o.party_no = %(party)s
    AND o.placed_at >= least(%(day)s::timestamptz, %(hour)s::timestamptz)
    AND (
        %(location)s::int IS NULL
        OR o.sold_at_no = %(location)s
        OR EXISTS (
            SELECT 1
            FROM fulfilment_orders f
            WHERE f.partition_id = o.partition_id AND f.order_id = o.order_id AND f.location_no = %(location)s
        )
    )
GROUP BY 1, 2, 3

-- name: board_unserved
-- Orders of which no location serves some units.
SELECT count(*)
FROM orders o
WHERE o.partition_id = %(partition)s
    AND o.party_no = %(party)s
    AND o.unserved > 0
    AND (
        %(location)s::int IS NULL
        OR o.sold_at_no = %(location)s
        OR EXISTS (
            SELECT 1
            FROM fulfilment_orders f
            WHERE f.partition_id = o.partition_id AND f.order_id = o.order_id AND f.location_no = %(location)s
        )
    )

-- name: board_waiting
-- Live work by what it waits for, where, and by the minutes when it came, when it was last touched, and when it is promised.
SELECT
    f.waits_for,
    f.location_no,
    floor(extract(EPOCH FROM f.created_at) / 60)::bigint,
    floor(extract(EPOCH FROM f.updated_at) / 60)::bigint,
    floor(extract(EPOCH FROM f.promised_to) / 60)::bigint,
    count(*)
FROM fulfilment_orders f
WHERE f.partition_id = %(partition)s
    AND f.party_no = %(party)s
    AND f.state IN ('open', 'in_progress', 'on_hold')
    AND (%(location)s::int IS NULL OR f.location_no = %(location)s)
GROUP BY 1, 2, 3, 4, 5

-- name: board_reach
-- The work on orders placed since the day began: to which half it goes, from what kind of location, how far.
SELECT
    f.half,
    f.kind,
    l.kind <> 'warehouse' AS near_by,
    f.state = 'rejected' AS rejected,
    f.metres > 0 AS known,
    (f.metres + 50) / 100 AS hundreds,
    f.units,
    count(*)
FROM orders o
JOIN fulfilment_orders f ON f.partition_id = o.partition_id AND f.order_id = o.order_id
JOIN locations l ON l.location_no = f.location_no
WHERE o.partition_id = %(partition)s
    AND o.party_no = %(party)s
    AND o.placed_at >= %(day)s
    AND (%(location)s::int IS NULL OR f.location_no = %(location)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7

-- name: board_newest
-- The orders that were placed last.
SELECT o.doc
FROM orders o
WHERE o.partition_id = %(partition)s
    AND o.party_no = %(party)s
    AND o.placed_at >= %(hour)s
    AND (
        %(location)s::int IS NULL
        OR o.sold_at_no = %(location)s
        OR EXISTS (
            SELECT 1
            FROM fulfilment_orders f
            WHERE f.partition_id = o.partition_id AND f.order_id = o.order_id AND f.location_no = %(location)s
        )
    )
ORDER BY o.placed_at DESC, o.order_id DESC
LIMIT 20

-- name: board_shelves
-- What is available of each offer now, over all locations: as projected, and what moved since.
SELECT offer_no, sum(available)::bigint
FROM (
    SELECT b.offer_no, b.on_hand - b.reserved - b.unavailable AS available
    FROM buckets b
    WHERE b.partition_id = %(partition)s AND b.window_at_us = 0
    UNION ALL
    SELECT m.offer_no, m.d_on_hand - m.d_reserved - m.d_unavailable
    FROM movements m
    JOIN projection p ON p.partition_id = m.partition_id
    WHERE m.partition_id = %(partition)s AND m.day >= p.day AND m.seq > p.seq AND m.window_at_us = 0
) AS stock
GROUP BY offer_no

-- What people and keys of a party are called.
-- name: names_of_actors
SELECT person_id, name FROM people WHERE party_no = %(party_no)s AND person_id = ANY (%(ids)s)
UNION ALL
SELECT key_id, name FROM api_keys WHERE party_no = %(party_no)s AND key_id = ANY (%(ids)s);
