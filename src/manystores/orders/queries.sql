-- Statements of the order book. Each is bound to one partition; whatever a request reads, to its party as well.

-- One order.
-- name: get_order
SELECT doc
FROM orders
WHERE partition_id = %(partition_id)s AND party_no = %(party_no)s AND order_id = %(order_id)s;

-- One order of whatever party, with the party's name: for who holds a link to it.
-- name: linked_order
SELECT o.doc, p.name
FROM orders o
JOIN parties p ON p.party_no = o.party_no
WHERE o.partition_id = %(partition_id)s AND o.order_id = %(order_id)s;

-- Many orders of any party, for the owner that changes them.
-- name: orders_by_id
SELECT order_id, doc
FROM orders
WHERE partition_id = %(partition_id)s AND order_id = ANY(%(order_ids)s::uuid[]);

-- Which of these channel order ids are in the book; the arrays belong together by position.
-- name: orders_by_channel_id
SELECT o.party_no, o.channel, o.channel_order_id, o.order_id, o.doc
FROM unnest(%(party_nos)s::int[], %(channels)s::text[], %(channel_order_ids)s::text[])
    AS wanted (party_no, channel, channel_order_id)
JOIN orders o
    ON o.partition_id = %(partition_id)s
    AND o.party_no = wanted.party_no
    AND o.channel = wanted.channel
    AND o.channel_order_id = wanted.channel_order_id;

-- What orders are filtered by, and from after which the page begins; a filter that is NULL does not filter.
-- `location_no` finds what it serves, served or sold.
-- part: of_orders
    AND (%(state)s::text IS NULL OR o.state = %(state)s)
    AND (%(channel)s::text IS NULL OR o.channel = %(channel)s)
    AND (%(placed_from)s::timestamptz IS NULL OR o.placed_at >= %(placed_from)s)
    AND (%(placed_to)s::timestamptz IS NULL OR o.placed_at < %(placed_to)s)
    AND (%(text)s::text IS NULL OR position(%(text)s IN o.channel_order_id) > 0)
    AND (
        %(location_no)s::int IS NULL
        OR o.sold_at_no = %(location_no)s
        OR EXISTS (
            SELECT 1
            FROM fulfilment_orders f
            WHERE f.partition_id = o.partition_id
                AND f.order_id = o.order_id
                AND f.location_no = %(location_no)s
        )
    )
    AND (
        %(after_placed)s::timestamptz IS NULL
        OR (o.placed_at, o.order_id) < (%(after_placed)s, %(after_order)s::uuid)
    )

-- What work is filtered by.
-- part: of_work
    AND (%(waits_for)s::text[] IS NULL OR f.waits_for = ANY(%(waits_for)s))
    AND (%(kind)s::text IS NULL OR f.kind = %(kind)s)
    AND (%(half)s::smallint IS NULL OR f.half = %(half)s)
    AND (%(created_from)s::timestamptz IS NULL OR f.created_at >= %(created_from)s)
    AND (%(created_to)s::timestamptz IS NULL OR f.created_at < %(created_to)s)
    AND (%(promised_from)s::timestamptz IS NULL OR f.promised_to >= %(promised_from)s)
    AND (%(promised_to)s::timestamptz IS NULL OR f.promised_to < %(promised_to)s)
    AND (
        %(late_for)s::text[] IS NULL
        OR f.updated_at < (%(late_before)s::timestamptz[])[
            (%(rhythms)s::int[])[f.location_no + 1] * cardinality(%(late_for)s::text[])
            + array_position(%(late_for)s::text[], f.waits_for)
        ]
    )
    AND (%(places)s::int[] IS NULL OR f.location_no = ANY(%(places)s::int[]))
    AND (%(updated_from)s::timestamptz IS NULL OR f.updated_at >= %(updated_from)s)
    AND (NOT %(kept)s::boolean OR (f.state = 'closed' AND f.updated_at <= f.promised_to))
    AND (
        %(location_kinds)s::text[] IS NULL
        OR EXISTS (
            SELECT 1 FROM locations l WHERE l.location_no = f.location_no AND l.kind = ANY(%(location_kinds)s)
        )
    )
    AND (%(placed_from)s::timestamptz IS NULL OR o.placed_at >= %(placed_from)s)

-- A party's orders, newest first, from after the cursor.
-- name: search_orders
SELECT o.doc
FROM orders o
WHERE o.partition_id = %(partition_id)s
    AND o.party_no = %(party_no)s
    -- with: of_orders
ORDER BY o.placed_at DESC, o.order_id DESC
LIMIT %(limit)s;

-- Of these, orders of which some units are served by no location.
-- name: search_unserved_orders
SELECT o.doc
FROM orders o
WHERE o.partition_id = %(partition_id)s
    AND o.party_no = %(party_no)s
    AND o.unserved > 0
    -- with: of_orders
ORDER BY o.placed_at DESC, o.order_id DESC
LIMIT %(limit)s;

-- A party's newest orders that were really placed here, newest first.
-- name: latest_orders
SELECT doc
FROM orders
WHERE partition_id = %(partition_id)s AND party_no = %(party_no)s AND doc NOT LIKE '%%"backfilled":true%%'
ORDER BY placed_at DESC, order_id DESC
LIMIT %(limit)s;

-- A location's work in the wanted states, most urgent first, from after the cursor, with the orders.
-- name: work_of_location
SELECT f.number, f.promised_to, o.doc, f.units
FROM fulfilment_orders f
JOIN orders o ON o.partition_id = f.partition_id AND o.order_id = f.order_id
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.location_no = %(location_no)s
    AND f.state = ANY(%(states)s::text[])
    -- with: of_work
    AND (
        %(after_promised)s::timestamptz IS NULL
        OR (f.promised_to, f.order_id, f.number)
            > (%(after_promised)s, %(after_order)s::uuid, %(after_number)s::smallint)
    )
ORDER BY f.promised_to, f.order_id, f.number
LIMIT %(limit)s;

-- A party's live work everywhere, most urgent first, from after the cursor, with the orders.
-- name: live_work_of_party
SELECT f.number, f.promised_to, o.doc, f.units
FROM fulfilment_orders f
JOIN orders o ON o.partition_id = f.partition_id AND o.order_id = f.order_id
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.state IN ('open', 'in_progress', 'on_hold')
    AND f.state = ANY(%(states)s::text[])
    -- with: of_work
    AND (
        %(after_promised)s::timestamptz IS NULL
        OR (f.promised_to, f.order_id, f.number)
            > (%(after_promised)s, %(after_order)s::uuid, %(after_number)s::smallint)
    )
ORDER BY f.promised_to, f.order_id, f.number
LIMIT %(limit)s;

-- A party's work everywhere in the wanted states, newest first, from after the cursor, with the orders. Ids of orders
-- begin with their time: `from_order` is the first of those that can have been placed since `placed_from`.
-- name: work_of_party
SELECT f.number, f.created_at, o.doc, f.units
FROM fulfilment_orders f
JOIN orders o ON o.partition_id = f.partition_id AND o.order_id = f.order_id
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.state = ANY(%(states)s::text[])
    AND (%(from_order)s::uuid IS NULL OR f.order_id >= %(from_order)s)
    -- with: of_work
    AND (
        %(after_order)s::uuid IS NULL
        OR (f.order_id, f.number) < (%(after_order)s, %(after_number)s::smallint)
    )
ORDER BY f.order_id DESC, f.number DESC
LIMIT %(limit)s;

-- A party's orders that any channel gave exactly this id.
-- name: orders_of_channel_id
SELECT o.doc
FROM orders o
WHERE o.partition_id = %(partition_id)s
    AND o.party_no = %(party_no)s
    AND o.channel = ANY(ARRAY['web', 'app', 'mini_program', 'till', 'marketplace', 'agent'])
    AND o.channel_order_id = %(channel_order_id)s
ORDER BY o.order_id DESC
LIMIT 20;

-- A location's fulfilment orders in whose orders a serial number stands, among the latest by promise of each state.
-- name: work_with_serial
SELECT f.number, o.doc
FROM (
    (
        SELECT order_id, number, promised_to
        FROM fulfilment_orders
        WHERE partition_id = %(partition_id)s AND location_no = %(location_no)s AND party_no = %(party_no)s
            AND state = 'in_progress'
        ORDER BY promised_to DESC, order_id DESC, number DESC
        LIMIT %(latest)s
    )
    UNION ALL
    (
        SELECT order_id, number, promised_to
        FROM fulfilment_orders
        WHERE partition_id = %(partition_id)s AND location_no = %(location_no)s AND party_no = %(party_no)s
            AND state = 'closed'
        ORDER BY promised_to DESC, order_id DESC, number DESC
        LIMIT %(latest)s
    )
) f
JOIN orders o ON o.partition_id = %(partition_id)s AND o.order_id = f.order_id
WHERE position(%(serial)s IN o.doc) > 0
ORDER BY f.promised_to DESC, f.order_id, f.number
LIMIT 20;

-- Orders that changed; the arrays belong together by position. The caller counts the rows: each must be there.
-- name: update_orders
UPDATE orders o
SET state = n.state, updated_at = n.updated_at, revision = n.revision, unserved = n.unserved, doc = n.doc
FROM unnest(
    %(order_ids)s::uuid[],
    %(states)s::text[],
    %(updated_ats)s::timestamptz[],
    %(revisions)s::int[],
    %(unserved)s::int[],
    %(docs)s::text[]
) AS n (order_id, state, updated_at, revision, unserved, doc)
WHERE o.partition_id = %(partition_id)s AND o.order_id = n.order_id AND o.revision < n.revision;

-- The work of orders that changed: new rows, or new states of known ones.
-- name: put_fulfilment_orders
INSERT INTO fulfilment_orders AS f (
    partition_id,
    order_id,
    number,
    party_no,
    location_no,
    kind,
    state,
    promised_to,
    created_at,
    updated_at,
    waits_for,
    units,
    metres,
    half
)
SELECT %(partition_id)s, n.*
FROM unnest(
    %(order_ids)s::uuid[],
    %(numbers)s::smallint[],
    %(party_nos)s::int[],
    %(location_nos)s::int[],
    %(kinds)s::text[],
    %(states)s::text[],
    %(promised_tos)s::timestamptz[],
    %(created_ats)s::timestamptz[],
    %(updated_ats)s::timestamptz[],
    %(waits_for)s::text[],
    %(units)s::int[],
    %(metres)s::int[],
    %(halves)s::smallint[]
) AS n (
    order_id,
    number,
    party_no,
    location_no,
    kind,
    state,
    promised_to,
    created_at,
    updated_at,
    waits_for,
    units,
    metres,
    half
)
ON CONFLICT (partition_id, order_id, number) DO UPDATE
SET
    state = excluded.state,
    promised_to = excluded.promised_to,
    updated_at = excluded.updated_at,
    waits_for = excluded.waits_for,
    units = excluded.units,
    half = excluded.half;

-- Why an order is served as it is: each decision, the first one first.
-- name: decisions_of_order
SELECT d.number, d.policy_version, d.decided_at, d.doc
FROM decisions d
JOIN orders o ON o.partition_id = d.partition_id AND o.order_id = d.order_id
WHERE d.partition_id = %(partition_id)s AND o.party_no = %(party_no)s AND d.order_id = %(order_id)s
ORDER BY d.number;

-- Work to be done by location, state and next step: how much, how much of it waits too long, and when the oldest of the
-- rest was last touched.
-- name: work_by_location
SELECT
    f.location_no,
    f.state,
    f.waits_for,
    count(*),
    count(*) FILTER (WHERE f.updated_at < late.before),
    min(f.updated_at) FILTER (WHERE f.updated_at >= late.before)
FROM fulfilment_orders f
CROSS JOIN LATERAL (
    SELECT (%(late_before)s::timestamptz[])[
        (%(rhythms)s::int[])[f.location_no + 1] * cardinality(%(late_for)s::text[])
        + array_position(%(late_for)s::text[], f.waits_for)
    ]
) AS late (before)
WHERE f.partition_id = %(partition_id)s
    AND f.location_no = ANY(%(location_nos)s::int[])
    AND f.state = ANY(ARRAY['open', 'in_progress', 'on_hold'])
GROUP BY f.location_no, f.state, f.waits_for;

-- Work that locations refused since a time, by location, and when the oldest of it was refused.
-- name: rejections_by_location
SELECT f.location_no, count(*), min(f.updated_at)
FROM fulfilment_orders f
WHERE f.partition_id = %(partition_id)s
    AND f.location_no = ANY(%(location_nos)s::int[])
    AND f.state = 'rejected'
    AND f.updated_at >= %(since)s
GROUP BY f.location_no;

-- One location's work by state and kind: how much, how much of it waits too long, and what is promised next.
-- name: work_at_location
SELECT
    f.state,
    f.kind,
    count(*),
    count(*) FILTER (
        WHERE f.updated_at < (%(late_before)s::timestamptz[])[
            (%(rhythms)s::int[])[f.location_no + 1] * cardinality(%(late_for)s::text[])
            + array_position(%(late_for)s::text[], f.waits_for)
        ]
    ),
    min(f.promised_to)
FROM fulfilment_orders f
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.location_no = %(location_no)s
    AND f.state = ANY(ARRAY['open', 'in_progress', 'on_hold'])
GROUP BY f.state, f.kind
ORDER BY f.state, f.kind;

-- What a location refused since a time, the latest first, with the orders.
-- name: rejected_at_location
SELECT f.number, f.updated_at, o.doc
FROM fulfilment_orders f
JOIN orders o ON o.partition_id = f.partition_id AND o.order_id = f.order_id
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.location_no = %(location_no)s
    AND f.state = 'rejected'
    AND f.updated_at >= %(since)s
ORDER BY f.updated_at DESC, f.order_id, f.number
LIMIT %(limit)s;

-- Of the work that a location had promised within a span of time: how much there was, and how much it did in time.
-- name: promises_of_location
SELECT count(*), count(*) FILTER (WHERE f.state = 'closed' AND f.updated_at <= f.promised_to)
FROM fulfilment_orders f
WHERE f.partition_id = %(partition_id)s
    AND f.party_no = %(party_no)s
    AND f.location_no = %(location_no)s
    AND f.state = ANY(ARRAY['open', 'in_progress', 'on_hold', 'closed'])
    AND f.promised_to >= %(since)s
    AND f.promised_to < %(now)s;

-- By which tracking numbers orders are found; one that is known already stays.
-- name: put_parcels
INSERT INTO parcels (partition_id, tracking, order_id, number)
SELECT %(partition_id)s, n.*
FROM unnest(%(trackings)s::text[], %(order_ids)s::uuid[], %(numbers)s::smallint[]) AS n (tracking, order_id, number)
ON CONFLICT DO NOTHING;

-- A party's orders whose channel order ids begin with a text, the newest of each channel first.
-- name: orders_of_channel_prefix
SELECT f.doc
FROM unnest(ARRAY['web', 'app', 'mini_program', 'till', 'marketplace', 'agent']) AS c (channel)
CROSS JOIN LATERAL (
    SELECT o.doc, o.placed_at
    FROM orders o
    WHERE o.partition_id = %(partition_id)s
        AND o.party_no = %(party_no)s
        AND o.channel = c.channel
        AND o.channel_order_id >= %(text)s
        AND o.channel_order_id < %(text)s || chr(1114111)
    ORDER BY o.channel_order_id
    LIMIT %(limit)s
) f
ORDER BY f.placed_at DESC
LIMIT %(limit)s;

-- A party's orders with ids in a range; ids begin with their time, so that looking at many of other parties is bounded.
-- name: orders_in_id_range
SELECT near.doc
FROM (
    SELECT o.party_no, o.order_id, o.doc
    FROM orders o
    WHERE o.partition_id = %(partition_id)s AND o.order_id BETWEEN %(first)s AND %(last)s
    ORDER BY o.order_id
    LIMIT 1000
) near
WHERE near.party_no = %(party_no)s
ORDER BY near.order_id
LIMIT %(limit)s;

-- A party's orders with a parcel whose tracking number begins with a text, with the fulfilment orders' numbers.
-- name: orders_of_tracking
SELECT p.tracking, p.number, o.doc
FROM (
    SELECT a.tracking, a.order_id, a.number
    FROM parcels a
    WHERE a.partition_id = %(partition_id)s
        AND a.tracking >= %(text)s
        AND a.tracking < %(text)s || chr(1114111)
    ORDER BY a.tracking
    LIMIT 200
) p
JOIN orders o ON o.partition_id = %(partition_id)s AND o.order_id = p.order_id AND o.party_no = %(party_no)s
ORDER BY p.tracking
LIMIT %(limit)s;

-- Orders that a location shall send and has not accepted, in the order in which they were placed.
-- name: assigned_orders
SELECT DISTINCT order_id
FROM fulfilment_orders
WHERE partition_id = %(partition_id)s AND party_no = %(party_no)s AND state = 'open' AND kind <> 'pick_up'
    AND order_id > %(after)s
ORDER BY order_id
LIMIT %(limit)s;
