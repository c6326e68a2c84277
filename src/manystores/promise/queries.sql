-- name: open_partition
-- A partition's lease and projection exist before its first owner.
WITH lease_row AS (
    INSERT INTO lease (partition_id, epoch, seq, owner, taken_at)
    VALUES (%(partition)s, 0, 0, '', %(at)s) ON CONFLICT DO NOTHING
)
INSERT INTO projection (partition_id, seq, day) VALUES (%(partition)s, 0, DATE '1970-01-01') ON CONFLICT DO NOTHING

-- name: lock_projection
-- One projection at a time; the second waits and then finds nothing left to do.
SELECT projection.seq, projection.day, lease.seq
FROM projection JOIN lease USING (partition_id) WHERE partition_id = %(partition)s FOR UPDATE OF projection

-- name: end_of_step
-- The batch of the so-many-th fact after a batch; none when there are fewer.
SELECT seq FROM journal WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s
ORDER BY seq, n OFFSET %(facts)s LIMIT 1

-- name: project_buckets
-- Counters of all buckets that moved in (after, upto]. The sums are added before the insert: a row that is proposed must
-- satisfy the table's checks even when it only updates, and a sum of releases alone is negative.
INSERT INTO buckets (partition_id, location_no, offer_no, window_at_us, lot_no,
                     on_hand, reserved, unavailable, incoming)
SELECT %(partition)s, m.location_no, m.offer_no, m.window_at_us, m.lot_no,
       coalesce(b.on_hand, 0) + m.on_hand, coalesce(b.reserved, 0) + m.reserved,
       coalesce(b.unavailable, 0) + m.unavailable, coalesce(b.incoming, 0) + m.incoming
FROM (
    SELECT location_no, offer_no, window_at_us, lot_no, sum(d_on_hand) AS on_hand, sum(d_reserved) AS reserved,
           sum(d_unavailable) AS unavailable, sum(d_incoming) AS incoming
    FROM movements
    WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
    GROUP BY location_no, offer_no, window_at_us, lot_no
) m LEFT JOIN LATERAL (
    SELECT * FROM buckets
    WHERE partition_id = %(partition)s AND location_no = m.location_no AND offer_no = m.offer_no
      AND window_at_us = m.window_at_us AND lot_no = m.lot_no
    LIMIT 1  -- by index, however many buckets there are
) b ON true
ON CONFLICT (partition_id, location_no, offer_no, window_at_us, lot_no) DO UPDATE SET
    on_hand = excluded.on_hand,
    reserved = excluded.reserved,
    unavailable = excluded.unavailable,
    incoming = excluded.incoming

-- name: project_reservations
-- The last state of every reservation that changed in (after, upto]. Facts of an order have many names (order.placed,
-- payment.captured), those of a hold begin with reservation.
INSERT INTO reservations AS r (partition_id, reservation_id, state, is_order, party_no, expires_at, holder)
SELECT DISTINCT ON (subject) partition_id, subject, reservation_state, name NOT LIKE 'reservation.%%',
       party_no, expires_at, holder
FROM journal
WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
  AND reservation_state IS NOT NULL
ORDER BY subject, seq DESC, n DESC
ON CONFLICT (partition_id, reservation_id) DO UPDATE SET
    state = excluded.state, expires_at = excluded.expires_at, holder = excluded.holder

-- name: project_reservation_lines
-- What every reservation claims, by bucket.
INSERT INTO reservation_lines AS l (partition_id, reservation_id, location_no, offer_no, window_at_us, lot_no, quantity)
SELECT partition_id, reservation_id, location_no, offer_no, window_at_us, lot_no, sum(d_reserved)
FROM movements
WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
  AND reservation_id <> '00000000-0000-0000-0000-000000000000'
GROUP BY partition_id, reservation_id, location_no, offer_no, window_at_us, lot_no
HAVING sum(d_reserved) <> 0
ON CONFLICT (partition_id, reservation_id, location_no, offer_no, window_at_us, lot_no) DO UPDATE SET
    quantity = l.quantity + excluded.quantity

-- name: drop_ended_reservations
-- An ended reservation is history: the journal keeps it. Looked up by an array of ids, hence by index, whatever the
-- statistics of a day's fresh table make the planner believe.
DELETE FROM reservations WHERE partition_id = %(partition)s AND state > 2 AND reservation_id = ANY (ARRAY(
    SELECT DISTINCT subject FROM journal
    WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
      AND reservation_state > 2
))

-- name: drop_empty_lines
DELETE FROM reservation_lines WHERE partition_id = %(partition)s AND quantity = 0 AND reservation_id = ANY (ARRAY(
    SELECT DISTINCT reservation_id FROM movements
    WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s AND d_reserved < 0
))

-- name: advance_projection
UPDATE projection SET seq = %(upto)s, day = %(today)s WHERE partition_id = %(partition)s

-- name: last_day
-- The day of the newest fact: the projection need not look before it again.
SELECT max(day) FROM journal WHERE partition_id = %(partition)s AND seq = %(upto)s

-- name: projected
-- Where the projection stands, and a name under which other connections can read as of now too.
SELECT pg_export_snapshot(), seq, day FROM projection WHERE partition_id = %(partition)s

-- name: table_pages
SELECT pg_relation_size(to_regclass(%(table)s)) / current_setting('block_size')::int

-- name: load_buckets
-- Buckets in a range of pages, packed: 8 big-endian words each, thousands in a value. A row at a time would cost the
-- reader far more.
SELECT string_agg(
    int8send(location_no) || int8send(offer_no) || int8send(window_at_us) || int8send(lot_no)
    || int8send(on_hand) || int8send(reserved) || int8send(unavailable) || int8send(incoming), '')
FROM buckets WHERE partition_id = %(partition)s AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_reservations
-- Open reservations in a range of pages, packed: id, holder, state, is_order, party_no, expiry in µs since 2000 (the
-- largest number: none).
SELECT string_agg(
    uuid_send(reservation_id) || uuid_send(coalesce(holder, '00000000-0000-0000-0000-000000000000'))
    || int8send(state) || int8send(is_order::int) || int8send(party_no)
    || timestamptz_send(coalesce(expires_at, 'infinity')), '')
FROM reservations WHERE partition_id = %(partition)s AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_reservation_lines
-- What open reservations claim, in a range of pages, packed: id, bucket, quantity.
SELECT string_agg(
    uuid_send(reservation_id) || int8send(location_no) || int8send(offer_no) || int8send(window_at_us)
    || int8send(lot_no) || int8send(quantity), '')
FROM reservation_lines WHERE partition_id = %(partition)s AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_states
-- What facts made of reservations in (after, upto], in order, packed like open reservations.
SELECT string_agg(
    uuid_send(subject) || uuid_send(coalesce(holder, '00000000-0000-0000-0000-000000000000'))
    || int8send(reservation_state) || int8send((name NOT LIKE 'reservation.%%')::int) || int8send(party_no)
    || timestamptz_send(coalesce(expires_at, 'infinity')), '' ORDER BY seq, n)
FROM journal
WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
  AND reservation_state IS NOT NULL

-- name: load_movements
-- Movements in (after, upto], packed: reservation or zeros, bucket, deltas.
SELECT string_agg(
    uuid_send(reservation_id) || int8send(location_no) || int8send(offer_no) || int8send(window_at_us)
    || int8send(lot_no) || int8send(d_on_hand) || int8send(d_reserved) || int8send(d_unavailable)
    || int8send(d_incoming), '')
FROM movements
WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s

-- name: load_keys
-- Request keys of a day, in a range of pages of its table, packed: key, fingerprint, seq, n.
SELECT string_agg(uuid_send(request_key) || int8send(fingerprint) || int8send(seq) || int8send(n), '')
FROM journal
WHERE partition_id = %(partition)s AND day = %(day)s AND request_key IS NOT NULL
  AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: older_keys
-- Request keys of days that the memory no longer holds; the worker has indexed them since.
SELECT request_key, fingerprint, seq, n FROM journal
WHERE partition_id = %(partition)s AND day < %(before)s AND request_key = ANY(%(keys)s)

-- name: fact
SELECT name, subject, body FROM journal WHERE partition_id = %(partition)s AND seq = %(seq)s AND n = %(n)s

-- name: history
-- All facts of a subject, oldest first.
SELECT seq, n, name, actor, at, location_no, body FROM journal
WHERE partition_id = %(partition)s AND subject = %(subject)s AND party_no = %(party)s ORDER BY seq, n

-- name: first_facts
-- Where the first fact of each of these subjects stands.
SELECT DISTINCT ON (subject) subject, seq, n FROM journal
WHERE partition_id = %(partition)s AND subject = ANY (%(subjects)s::uuid[]) AND party_no = %(party)s
ORDER BY subject, seq, n

-- name: decided_at
-- When a batch was decided.
SELECT max(at) FROM journal WHERE partition_id = %(partition)s AND seq = %(seq)s

-- name: any_before
-- Whether there is a fact of a day before this one.
SELECT EXISTS (SELECT FROM journal WHERE partition_id = %(partition)s AND day < %(day)s)

-- name: moved_since
-- Net change of on_hand after a moment, for counts that were taken then; with the last batch that this sees.
SELECT (SELECT seq FROM lease WHERE partition_id = %(partition)s), k.i,
       coalesce(sum(m.d_on_hand) FILTER (WHERE j.at > k.since), 0)
FROM unnest(%(locations)s::int[], %(offers)s::int[], %(windows)s::bigint[], %(lots)s::int[],
            %(since)s::timestamptz[]) WITH ORDINALITY AS k(location_no, offer_no, window_at_us, lot_no, since, i)
LEFT JOIN movements m ON m.partition_id = %(partition)s AND m.location_no = k.location_no
     AND m.offer_no = k.offer_no AND m.window_at_us = k.window_at_us AND m.lot_no = k.lot_no
     AND m.d_on_hand <> 0 AND m.reason <> %(counted_reason)s AND m.day >= (k.since - interval '1 day')::date
LEFT JOIN journal j ON j.partition_id = m.partition_id AND j.seq = m.seq AND j.n = m.n AND j.day = m.day
GROUP BY k.i ORDER BY k.i

-- name: last_counts
-- The last count of each bucket.
SELECT k.i, c.sequence, c.counted_at
FROM unnest(%(locations)s::int[], %(offers)s::int[], %(windows)s::bigint[], %(lots)s::int[])
     WITH ORDINALITY AS k(location_no, offer_no, window_at_us, lot_no, i)
JOIN stock_counts c ON c.partition_id = %(partition)s AND c.location_no = k.location_no
     AND c.offer_no = k.offer_no AND c.window_at_us = k.window_at_us AND c.lot_no = k.lot_no

-- name: save_counts
INSERT INTO stock_counts (partition_id, location_no, offer_no, window_at_us, lot_no, sequence, counted_at)
SELECT %(partition)s, * FROM unnest(%(locations)s::int[], %(offers)s::int[], %(windows)s::bigint[], %(lots)s::int[],
                                    %(sequences)s::bigint[], %(counted)s::timestamptz[])
ON CONFLICT (partition_id, location_no, offer_no, window_at_us, lot_no) DO UPDATE
SET sequence = excluded.sequence, counted_at = excluded.counted_at

-- name: verify_counters
-- Every counter against the sum of its journal up to where the projection has come.
WITH summed AS (
    SELECT location_no, offer_no, window_at_us, lot_no, sum(d_on_hand) AS on_hand, sum(d_reserved) AS reserved,
           sum(d_unavailable) AS unavailable, sum(d_incoming) AS incoming
    FROM movements WHERE partition_id = %(partition)s AND seq <= %(upto)s
    GROUP BY location_no, offer_no, window_at_us, lot_no
)
SELECT count(*),
       count(*) FILTER (WHERE (s.on_hand, s.reserved, s.unavailable, s.incoming)
                        IS DISTINCT FROM (b.on_hand, b.reserved, b.unavailable, b.incoming)),
       count(*) FILTER (WHERE b.on_hand - b.reserved - b.unavailable < 0)
FROM summed s FULL JOIN (SELECT * FROM buckets WHERE partition_id = %(partition)s) b
     USING (location_no, offer_no, window_at_us, lot_no)

-- name: verify_oversold
-- Claims that took more than there was at that moment, replayed from the journal alone.
SELECT count(*) FROM (
    SELECT d_reserved, d_on_hand, d_unavailable,
           sum(d_on_hand - d_reserved - d_unavailable) OVER (
               PARTITION BY location_no, offer_no, window_at_us, lot_no ORDER BY seq, n, line) AS available
    FROM movements WHERE partition_id = %(partition)s AND seq <= %(upto)s
) m WHERE d_reserved > 0 AND d_on_hand = 0 AND d_unavailable = 0 AND available < 0

-- name: verify_reservations
-- Reserved counters against open claims, claims against their reservations, and both against the journal.
SELECT
    (SELECT count(*) FROM (
        SELECT location_no, offer_no, window_at_us, lot_no, sum(quantity) AS claimed
        FROM reservation_lines WHERE partition_id = %(partition)s
        GROUP BY location_no, offer_no, window_at_us, lot_no) l
     FULL JOIN (SELECT * FROM buckets WHERE partition_id = %(partition)s AND reserved <> 0) b
        USING (location_no, offer_no, window_at_us, lot_no)
     WHERE l.claimed IS DISTINCT FROM b.reserved),
    (SELECT count(*) FROM reservation_lines l WHERE partition_id = %(partition)s AND NOT EXISTS (
        SELECT FROM reservations r
        WHERE r.partition_id = l.partition_id AND r.reservation_id = l.reservation_id)),
    (SELECT count(*) FROM reservations r WHERE partition_id = %(partition)s AND NOT EXISTS (
        SELECT FROM reservation_lines l
        WHERE r.partition_id = l.partition_id AND r.reservation_id = l.reservation_id)),
    (SELECT count(*) FROM reservations WHERE partition_id = %(partition)s),
    (SELECT count(*) FROM movements WHERE partition_id = %(partition)s AND seq <= %(upto)s)


-- name: told_of_stock
-- Facts in (after, upto] that open and close exceptions, send and receive transfers: few among many.
SELECT seq, n, name, subject, party_no, actor, at, body FROM journal
WHERE partition_id = %(partition)s AND day >= %(day)s AND seq > %(after)s AND seq <= %(upto)s
  AND name IN ('stock.exception_opened', 'stock.exception_closed', 'transfer.sent', 'transfer.received')
ORDER BY seq, n

-- name: open_exception
INSERT INTO stock_exceptions (partition_id, opened_seq, opened_n, party_no, location_no, offer_no, window_at_us, lot_no,
                              opened_at, opened_by, missing)
VALUES (%(partition)s, %(seq)s, %(n)s, %(party)s, %(location)s, %(offer)s, %(window)s, %(lot)s, %(at)s, %(actor)s,
        %(missing)s)
ON CONFLICT DO NOTHING

-- name: close_exception
-- Of those opened before, so that to fold a batch again changes nothing.
UPDATE stock_exceptions SET closed_at = %(at)s, closed_by = %(actor)s
WHERE partition_id = %(partition)s AND location_no = %(location)s AND offer_no = %(offer)s
  AND window_at_us = %(window)s AND lot_no = %(lot)s AND closed_at IS NULL
  AND party_no = %(party)s AND (opened_seq, opened_n) < (%(seq)s, %(n)s)

-- name: send_transfer
INSERT INTO transfers (partition_id, transfer_id, party_no, source_no, target_no, offer_no, lot_no, quantity, sent_at,
                       sent_by)
VALUES (%(partition)s, %(subject)s, %(party)s, %(source)s, %(target)s, %(offer)s, %(lot)s, %(quantity)s, %(at)s,
        %(actor)s)
ON CONFLICT DO NOTHING

-- name: receive_transfer
UPDATE transfers SET received = %(received)s, received_at = %(at)s, received_by = %(actor)s
WHERE partition_id = %(partition)s AND transfer_id = %(subject)s

-- name: projected_until
SELECT seq, day FROM projection WHERE partition_id = %(partition)s

-- name: find_transfer
SELECT transfer_id, source_no, target_no, offer_no, lot_no, quantity, sent_at, sent_by, received, received_at,
       received_by
FROM transfers WHERE partition_id = %(partition)s AND transfer_id = %(id)s AND party_no = %(party)s

-- name: page_of_transfers
-- A page of a party's transfers, the newest first; a filter that is null lets all pass.
SELECT transfer_id, source_no, target_no, offer_no, lot_no, quantity, sent_at, sent_by, received, received_at,
       received_by
FROM transfers
WHERE partition_id = %(partition)s AND party_no = %(party)s
  AND (%(open)s::boolean IS NULL OR (received_at IS NULL) = %(open)s)
  AND (%(location)s::int IS NULL OR source_no = %(location)s OR target_no = %(location)s)
  AND (%(source)s::int IS NULL OR source_no = %(source)s)
  AND (%(target)s::int IS NULL OR target_no = %(target)s)
  AND (%(offer)s::int IS NULL OR offer_no = %(offer)s)
  AND (%(before)s::uuid IS NULL OR transfer_id < %(before)s)
ORDER BY transfer_id DESC
LIMIT %(limit)s

-- name: page_of_exceptions
-- A page of a party's exceptions, the newest first; a filter that is null lets all pass. One without a due time is due
-- %(default_due)s after it was opened.
SELECT e.opened_seq, e.opened_n, e.location_no, e.offer_no, e.window_at_us, e.lot_no, e.opened_at, e.opened_by,
       e.missing, e.closed_at, e.closed_by, e.revision, e.assignee,
       coalesce(e.due_at, e.opened_at + %(default_due)s::interval) AS due_at, e.due_at IS NOT NULL AS due_given, e.note
FROM stock_exceptions e
WHERE e.partition_id = %(partition)s AND e.party_no = %(party)s
  AND (%(seq)s::bigint IS NULL OR (e.opened_seq, e.opened_n) = (%(seq)s, %(n)s::int))
  AND (%(open)s::boolean IS NULL OR (e.closed_at IS NULL) = %(open)s)
  AND (%(location)s::int IS NULL OR e.location_no = %(location)s)
  AND (%(offer)s::int IS NULL OR e.offer_no = %(offer)s)
  AND (%(assignee)s::uuid IS NULL OR e.assignee = %(assignee)s)
  AND (%(assigned)s::boolean IS NULL OR (e.assignee IS NOT NULL) = %(assigned)s)
  AND (%(overdue)s::boolean IS NULL OR (
        e.closed_at IS NULL AND coalesce(e.due_at, e.opened_at + %(default_due)s::interval) < %(now)s) = %(overdue)s)
  AND (%(before_seq)s::bigint IS NULL OR (e.opened_seq, e.opened_n) < (%(before_seq)s, %(before_n)s::int))
ORDER BY e.opened_seq DESC, e.opened_n DESC
LIMIT %(limit)s

-- name: lock_exception
-- One exception while it is changed.
SELECT revision, assignee, due_at, note, location_no, opened_at FROM stock_exceptions
WHERE partition_id = %(partition)s AND opened_seq = %(seq)s AND opened_n = %(n)s AND party_no = %(party)s
FOR UPDATE

-- name: change_exception
UPDATE stock_exceptions
SET revision = %(revision)s, assignee = %(assignee)s, due_at = %(due_at)s, note = %(note)s
WHERE partition_id = %(partition)s AND opened_seq = %(seq)s AND opened_n = %(n)s

-- name: note_exception_change
INSERT INTO stock_exception_changes (partition_id, opened_seq, opened_n, revision, at, actor, assignee, due_at, note)
VALUES (%(partition)s, %(seq)s, %(n)s, %(revision)s, %(at)s, %(actor)s, %(assignee)s, %(due_at)s, %(note)s)

-- name: exception_changes
-- How an exception was looked after, the first change first.
SELECT revision, at, actor, assignee, due_at, note FROM stock_exception_changes
WHERE partition_id = %(partition)s AND opened_seq = %(seq)s AND opened_n = %(n)s ORDER BY revision

-- name: facts_of_subject
SELECT day, seq FROM journal WHERE partition_id = %(partition)s AND subject = %(subject)s

-- name: movements
-- Movements up to a batch, the newest first, each with what moved later in the same scope: today's number less that is
-- what it was after the movement. {scope} is a bucket, a location or an offer. Filters come after the sums, which are
-- of all. The fact is looked up by its key, row by row, however large the planner thinks the journal is.
SELECT m.day, m.seq, m.n, m.line, m.location_no, m.offer_no, m.window_at_us, m.lot_no, m.d_on_hand, m.d_reserved,
       m.d_unavailable, m.d_incoming, m.reservation_id, m.reason, m.later_on_hand, m.later_reserved,
       m.later_unavailable, m.later_incoming, j.name, j.subject, j.actor, j.at, j.body
FROM (
    SELECT day, seq, n, line, location_no, offer_no, window_at_us, lot_no, d_on_hand, d_reserved, d_unavailable,
           d_incoming, reservation_id, reason,
           coalesce(sum(d_on_hand) OVER newer, 0)::bigint AS later_on_hand,
           coalesce(sum(d_reserved) OVER newer, 0)::bigint AS later_reserved,
           coalesce(sum(d_unavailable) OVER newer, 0)::bigint AS later_unavailable,
           coalesce(sum(d_incoming) OVER newer, 0)::bigint AS later_incoming
    FROM movements
    WHERE partition_id = %(partition)s AND {scope}
      AND (%(window)s::bigint IS NULL OR window_at_us = %(window)s) AND (%(lot)s::int IS NULL OR lot_no = %(lot)s)
      AND day <= %(last_day)s AND day >= %(first_day)s AND seq <= %(upto)s
      AND (%(seq)s::bigint IS NULL OR (seq, n, line) < (%(seq)s, %(n)s::int, %(line)s::int))
    WINDOW newer AS (ORDER BY day DESC, seq DESC, n DESC, line DESC
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) m, LATERAL (
    SELECT name, subject, actor, at, CASE WHEN name LIKE 'stock.%%' THEN body END AS body FROM journal
    WHERE partition_id = %(partition)s AND day = m.day AND seq = m.seq AND n = m.n LIMIT 1
) j
WHERE (%(reasons)s::smallint[] IS NULL OR m.reason = ANY (%(reasons)s))
  AND (%(to_day)s::date IS NULL OR m.day <= %(to_day)s)
  AND (%(subject)s::uuid IS NULL OR m.reservation_id = %(subject)s OR m.seq = ANY (%(seqs)s::bigint[]))
  AND (%(counter)s::text IS NULL OR CASE %(counter)s::text
        WHEN 'on_hand' THEN m.d_on_hand <> 0 WHEN 'reserved' THEN m.d_reserved <> 0
        WHEN 'unavailable' THEN m.d_unavailable <> 0 WHEN 'incoming' THEN m.d_incoming <> 0
        ELSE m.d_on_hand - m.d_reserved - m.d_unavailable <> 0 END)
  AND (%(actor)s::text IS NULL OR j.actor = %(actor)s)
  AND (%(subject)s::uuid IS NULL OR j.subject = %(subject)s OR m.reservation_id = %(subject)s)
  AND (%(from)s::timestamptz IS NULL OR j.at >= %(from)s)
  AND (%(to)s::timestamptz IS NULL OR j.at < %(to)s)
ORDER BY m.day DESC, m.seq DESC, m.n DESC, m.line DESC
LIMIT %(limit)s

-- name: last_rounds
-- A party's rounds that looked at anything, the newest first.
SELECT subject, at, body::json FROM journal
WHERE partition_id = %(partition)s AND party_no = %(party)s AND name = 'sourcing.round'
ORDER BY day DESC, seq DESC, n DESC
LIMIT %(limit)s

-- name: saved_by_rounds
-- Moves by rounds from a moment on, and what they saved; a day begins before its first fact.
SELECT count(*)::int, coalesce(sum((body::json ->> 'saving')::bigint), 0)::bigint FROM journal
WHERE partition_id = %(partition)s AND party_no = %(party)s AND name = 'order.improved'
    AND day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date AND at >= %(since)s
    AND body::json ->> 'currency' = %(currency)s
