-- name: insert
-- A new webhook.
INSERT INTO webhooks (webhook_id, party_no, location_no, url, events, description, secret, created_at, updated_at)
VALUES (%(webhook_id)s, %(party_no)s, %(location_no)s, %(url)s, %(events)s, %(description)s, %(secret)s, %(now)s,
        %(now)s)

-- name: start_at_head
-- It hears what happens from now on to stock and orders. What the person graph tells (partition 0) stays inside: its
-- subjects are hashes by which two brands could learn that they share a member.
INSERT INTO consumers (partition_id, name, seq, n, day, updated_at)
SELECT partition_id, %(consumer)s, seq, %(end)s, DATE '1970-01-01', %(now)s FROM lease WHERE partition_id > 0

-- name: find
-- One webhook of a party (and of a location, for keys that are bound to one), locked if it is to change.
SELECT webhook_id, party_no, location_no, url, events, description, secret, state, disabled_reason, failures,
       hold_until, last_success_at, previous_until, created_at, updated_at
FROM webhooks
WHERE webhook_id = %(webhook_id)s AND party_no = %(party_no)s
  AND (%(location_no)s::int IS NULL OR location_no = %(location_no)s)

-- name: list
-- The webhooks of a party, oldest first, after a place in the list.
SELECT webhook_id, party_no, location_no, url, events, description, secret, state, disabled_reason, failures,
       hold_until, last_success_at, previous_until, created_at, updated_at
FROM webhooks
WHERE party_no = %(party_no)s AND (%(location_no)s::int IS NULL OR location_no = %(location_no)s)
  AND (%(after)s::uuid IS NULL OR webhook_id > %(after)s)
ORDER BY webhook_id LIMIT %(limit)s

-- name: progress
-- Per partition how far it has come, and how far the journal has.
SELECT c.partition_id, least(c.seq, l.seq) AS seq, c.n, l.seq AS head
FROM consumers c JOIN lease l ON l.partition_id = c.partition_id
WHERE c.name = %(consumer)s ORDER BY c.partition_id

-- name: counts
-- How many deliveries wait for another attempt, and how many were given up.
SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'failed') AS failed
FROM webhook_deliveries WHERE webhook_id = %(webhook_id)s

-- name: update
-- Change it; a fresh start for an endpoint that was taken to be away.
UPDATE webhooks
SET url = %(url)s, events = %(events)s, description = %(description)s, state = %(state)s,
    disabled_reason = CASE WHEN %(state)s = 'disabled' THEN disabled_reason END,
    failures = CASE WHEN %(afresh)s THEN 0 ELSE failures END,
    hold_until = CASE WHEN %(afresh)s THEN NULL ELSE hold_until END,
    updated_at = %(now)s
WHERE webhook_id = %(webhook_id)s

-- name: rotate
-- A new secret; the one before signs too until it runs out.
UPDATE webhooks
SET previous_secret = secret, previous_until = %(previous_until)s, secret = %(secret)s, updated_at = %(now)s
WHERE webhook_id = %(webhook_id)s

-- name: delete_deliveries
DELETE FROM webhook_deliveries WHERE webhook_id = %(webhook_id)s

-- name: delete_cursors
DELETE FROM consumers WHERE name = %(consumer)s

-- name: delete
DELETE FROM webhooks WHERE webhook_id = %(webhook_id)s

-- name: deliver_now
-- A delivery asked for: a test, or one event again.
INSERT INTO webhook_deliveries
    (partition_id, webhook_id, seq, n, day, attempt, state, next_at, created_at, updated_at)
VALUES (%(partition_id)s, %(webhook_id)s, %(seq)s, %(n)s, %(day)s, 0, 'pending', %(now)s, %(now)s, %(now)s)
ON CONFLICT (partition_id, webhook_id, seq, n) DO UPDATE
SET attempt = 0, state = 'pending', next_at = EXCLUDED.next_at, status = NULL, error = NULL,
    created_at = EXCLUDED.created_at, updated_at = EXCLUDED.updated_at

-- name: fact_day
-- The day of a fact that this webhook may see; nothing if there is none.
SELECT day FROM journal
WHERE partition_id = %(partition_id)s AND partition_id > 0
  AND seq = %(seq)s AND n = %(n)s AND party_no = %(party_no)s
  AND (%(location_no)s::int IS NULL OR location_no = %(location_no)s)
  AND seq <= (SELECT seq FROM lease WHERE partition_id = %(partition_id)s)

-- name: undelivered_now
-- All that was not delivered is tried now; what was given up starts over.
UPDATE webhook_deliveries
SET attempt = CASE WHEN state = 'failed' THEN 0 ELSE attempt END, state = 'pending', next_at = %(now)s,
    created_at = %(now)s, updated_at = %(now)s
WHERE webhook_id = %(webhook_id)s AND state <> 'delivered'

-- name: heads
-- How far each partition has come.
SELECT partition_id, seq FROM lease WHERE partition_id > 0 ORDER BY partition_id

-- name: first_since
-- The first batch with a fact from a moment on.
SELECT seq FROM journal
WHERE partition_id = %(partition_id)s AND day >= %(since)s::timestamptz::date - 1 AND at >= %(since)s
ORDER BY seq, n LIMIT 1

-- name: forget_from
-- Deliveries that a replay will make anew.
DELETE FROM webhook_deliveries
WHERE partition_id = %(partition_id)s AND webhook_id = %(webhook_id)s AND seq >= %(seq)s AND seq > 0

-- name: set_cursor
-- The next fact it hears is the first of batch `seq`.
INSERT INTO consumers (partition_id, name, seq, n, day, updated_at)
VALUES (%(partition_id)s, %(consumer)s, %(seq)s - 1, %(end)s, DATE '1970-01-01', %(now)s)
ON CONFLICT (partition_id, name) DO UPDATE
SET seq = EXCLUDED.seq, n = EXCLUDED.n, day = EXCLUDED.day, updated_at = EXCLUDED.updated_at

-- name: deliveries
-- What was not delivered at once, newest first, before a place in the list.
SELECT partition_id, seq, n, attempt, state, next_at, status, error, created_at, updated_at
FROM webhook_deliveries
WHERE webhook_id = %(webhook_id)s AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(partition_id)s::int IS NULL OR (partition_id, seq, n) < (%(partition_id)s, %(seq)s, %(n)s))
ORDER BY partition_id DESC, seq DESC, n DESC LIMIT %(limit)s
