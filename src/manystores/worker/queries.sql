-- name: claim_webhooks
-- Take the webhooks that no other worker delivers now, and keep those of this one, well before the claim runs out. Time
-- is the database's: workers' clocks may differ.
UPDATE webhooks SET claimed_by = %(worker_id)s, claimed_until = now() + %(claim)s
WHERE state = 'active'
  AND (claimed_by IS NULL OR claimed_until < now() + CASE WHEN claimed_by = %(worker_id)s THEN %(claim)s / 2
                                                         ELSE interval '0' END)

-- name: give_up_claims
-- A worker that stops lets others go on at once.
UPDATE webhooks SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = %(worker_id)s

-- name: active_webhooks
-- Every subscription of this worker that wants facts now, with what is needed to sign and to route.
SELECT webhook_id, party_no, location_no, url, events, secret, previous_secret, previous_until, failures, hold_until,
       updated_at
FROM webhooks WHERE state = 'active' AND claimed_by = %(worker_id)s AND claimed_until > now()

-- name: webhooks_behind
-- Which webhooks have batches they have not looked at.
SELECT DISTINCT c.name FROM consumers c JOIN lease l ON l.partition_id = c.partition_id
WHERE c.name LIKE 'webhook:%%' AND (c.seq, c.n) < (l.seq, %(end)s)

-- name: webhooks_due
-- Which webhooks have a delivery whose time has come.
SELECT DISTINCT webhook_id FROM webhook_deliveries WHERE state = 'pending' AND next_at <= %(now)s

-- name: cursors_behind
-- Where one consumer stands in each partition that has something new, and how far the partition has come.
SELECT c.partition_id, c.seq, c.n, c.day, c.goal_seq, c.updated_at, l.seq AS head
FROM consumers c JOIN lease l ON l.partition_id = c.partition_id
WHERE c.name = %(name)s AND ((c.seq, c.n) < (l.seq, %(end)s) OR c.goal_seq IS NOT NULL) ORDER BY c.partition_id

-- name: add_missing_cursors
-- A partition that is newer than its consumer is read from its first batch; the person graph (0) by no webhook.
INSERT INTO consumers (partition_id, name, seq, n, day, updated_at)
SELECT l.partition_id, wanted.name, 0, 0, DATE '1970-01-01', %(now)s
FROM lease l CROSS JOIN unnest(%(names)s::text[]) AS wanted(name)
WHERE NOT EXISTS (SELECT 1 FROM consumers c WHERE c.partition_id = l.partition_id AND c.name = wanted.name)
  AND (l.partition_id > 0 OR wanted.name NOT LIKE 'webhook:%%')
ON CONFLICT DO NOTHING

-- name: facts
-- Facts after a position, in order, of one party and at one location if given, whose name matches. A clock that jumps
-- back may date a batch a day before the one it follows, never more: a day less is looked at, older days are not.
-- Orders of the past that are put in the book are no news.
SELECT partition_id, day, seq, n, name, subject, party_no, location_no, at, version, body
FROM journal
WHERE partition_id = %(partition_id)s AND day >= %(day)s - 1
  AND (seq, n) > (%(seq)s, %(n)s) AND seq <= %(until_seq)s
  AND party_no = %(party_no)s AND (%(location_no)s::int IS NULL OR location_no = %(location_no)s)
  AND name ~ %(pattern)s AND name <> 'order.backfilled'
ORDER BY seq, n LIMIT %(limit)s

-- name: due_deliveries
-- Deliveries whose time has come, oldest fact first, with their facts; a test has no fact of its own.
SELECT d.partition_id, d.seq, d.n, d.day, d.attempt, d.created_at,
       j.name, j.subject, j.party_no, j.location_no, j.at, j.version, j.body
FROM webhook_deliveries d
LEFT JOIN journal j ON j.partition_id = d.partition_id AND j.day = d.day AND j.seq = d.seq AND j.n = d.n
     AND j.party_no = %(party_no)s AND (%(location_no)s::int IS NULL OR j.location_no = %(location_no)s)
WHERE d.webhook_id = %(webhook_id)s AND d.state = 'pending' AND d.next_at <= %(now)s
ORDER BY d.partition_id, d.seq, d.n LIMIT %(limit)s

-- name: add_delivery
-- Keep what a first attempt did not deliver; a fact that is sent anew after a replay starts over.
INSERT INTO webhook_deliveries
    (partition_id, webhook_id, seq, n, day, attempt, state, next_at, status, error, created_at, updated_at)
SELECT %(partition_id)s, %(webhook_id)s, %(seq)s, %(n)s, %(day)s, %(attempt)s, %(state)s, %(next_at)s, %(status)s,
       %(error)s, %(now)s, %(now)s
WHERE EXISTS (SELECT 1 FROM webhooks WHERE webhook_id = %(webhook_id)s)
ON CONFLICT (partition_id, webhook_id, seq, n) DO UPDATE
SET attempt = EXCLUDED.attempt, state = EXCLUDED.state, next_at = EXCLUDED.next_at, status = EXCLUDED.status,
    error = EXCLUDED.error, updated_at = EXCLUDED.updated_at

-- name: settle_delivery
-- Record a further attempt, unless somebody else recorded one meanwhile.
UPDATE webhook_deliveries
SET attempt = %(attempt)s, state = %(state)s, next_at = %(next_at)s, status = %(status)s, error = %(error)s,
    updated_at = %(now)s
WHERE partition_id = %(partition_id)s AND webhook_id = %(webhook_id)s AND seq = %(seq)s AND n = %(n)s
  AND state = 'pending' AND attempt = %(attempt)s - 1

-- name: advance_cursor
-- Move a consumer on, unless its cursor was moved meanwhile (a replay, a second worker).
UPDATE consumers c
SET seq = %(seq)s, n = %(n)s, updated_at = %(now)s,
    day = coalesce((SELECT max(j.day) FROM journal j WHERE j.partition_id = c.partition_id AND j.day >= c.day - 1
                    AND j.seq = %(seq)s), c.day)
WHERE partition_id = %(partition_id)s AND name = %(name)s AND seq = %(old_seq)s AND n = %(old_n)s

-- name: record_health
-- How the endpoint fares: failures since the last success, and the time until which it asked to be left alone.
UPDATE webhooks
SET failures = CASE WHEN %(delivered)s > 0 THEN 0 ELSE failures + %(failed)s END,
    last_success_at = CASE WHEN %(delivered)s > 0 THEN %(now)s ELSE last_success_at END,
    hold_until = coalesce(greatest(hold_until, %(hold_until)s::timestamptz), hold_until)
WHERE webhook_id = %(webhook_id)s
  AND (%(failed)s > 0 OR failures > 0 OR last_success_at IS NULL OR last_success_at < %(stale)s)

-- name: disable_gone
-- An endpoint that answers 410 wants nothing any more.
UPDATE webhooks SET state = 'disabled', disabled_reason = 'gone', updated_at = %(now)s
WHERE webhook_id = %(webhook_id)s AND state = 'active'

-- name: disable_exhausted
-- An endpoint that took nothing since the first attempt of a delivery whose last attempt failed has been away for days.
UPDATE webhooks SET state = 'disabled', disabled_reason = 'exhausted', updated_at = %(now)s
WHERE webhook_id = %(webhook_id)s AND state = 'active'
  AND (last_success_at IS NULL OR last_success_at < %(since)s)

-- name: heads
-- How far each partition has come.
SELECT partition_id, seq FROM lease ORDER BY partition_id

-- name: set_goal
-- Decide, before any file is written, which batches the next files hold: after a crash the same files are written again.
UPDATE consumers SET goal_seq = %(goal_seq)s, updated_at = %(now)s
WHERE partition_id = %(partition_id)s AND name = %(name)s AND seq = %(seq)s AND goal_seq IS NULL

-- name: reach_goal
-- The files are in the lake.
UPDATE consumers c
SET seq = goal_seq, n = %(end)s, goal_seq = NULL, updated_at = %(now)s,
    day = coalesce((SELECT max(j.day) FROM journal j WHERE j.partition_id = c.partition_id AND j.day >= c.day - 1
                    AND j.seq = c.goal_seq), c.day)
WHERE partition_id = %(partition_id)s AND name = %(name)s AND goal_seq = %(goal_seq)s

-- name: batch_after_rows
-- The batch in which the given number of rows after a position is reached; nothing if there are fewer.
SELECT seq FROM journal
WHERE partition_id = %(partition_id)s AND day >= %(day)s - 1 AND seq > %(seq)s AND seq <= %(head)s
ORDER BY seq, n OFFSET %(rows)s - 1 LIMIT 1

-- name: lake_journal
-- Facts of a range of batches as the lake keeps them: ids as text, times in microseconds UTC.
SELECT partition_id, day, seq, n, name, subject, party_no, location_no, request_key, fingerprint, actor,
       (extract(epoch FROM at) * 1000000)::bigint AS at, reservation_state,
       (extract(epoch FROM expires_at) * 1000000)::bigint AS expires_at, holder, version, body
FROM journal
WHERE partition_id = %(partition_id)s AND day >= %(day)s - 1 AND seq > %(seq)s AND seq <= %(goal_seq)s
ORDER BY seq, n

-- name: lake_movements
-- Movements of a range of batches.
SELECT partition_id, day, seq, n, line, location_no, offer_no, window_at_us, lot_no, d_on_hand, d_reserved,
       d_unavailable, d_incoming, reservation_id, reason
FROM movements
WHERE partition_id = %(partition_id)s AND day >= %(day)s - 1 AND seq > %(seq)s AND seq <= %(goal_seq)s
ORDER BY seq, n, line

-- name: lake_done_before
-- The day before which every fact is in the lake: a cursor's facts are of its day or later, or of the day before it.
SELECT min(day) - 1 FROM consumers WHERE name = 'lake'

-- name: forget_deliveries
-- Deliveries that ended long ago, and those of webhooks that are gone.
DELETE FROM webhook_deliveries d
WHERE (d.state <> 'pending' AND d.updated_at < %(before)s)
   OR NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.webhook_id = d.webhook_id)

-- name: forget_cursors
-- Cursors of webhooks that are gone.
DELETE FROM consumers c
WHERE c.name LIKE 'webhook:%%' AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE 'webhook:' || w.webhook_id = c.name)

-- name: forget_results
-- Answers of writes whose idempotency keys have run out.
DELETE FROM http_results WHERE created_at < %(before)s

-- name: location_codes
SELECT location_no, code FROM locations WHERE location_no = ANY(%(numbers)s)

-- name: offer_skus
SELECT offer_no, sku FROM offers WHERE offer_no = ANY(%(numbers)s)

-- name: journal_days_without_keys
-- The journal's tables of days that have no index of request keys.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'journal'::regclass AND to_regclass(quote_ident(c.relname || '_request')) IS NULL
ORDER BY c.relname

-- name: movement_days_without_buckets
-- The movements' tables of days that have no index of buckets.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'movements'::regclass AND to_regclass(quote_ident(c.relname || '_buckets')) IS NULL
ORDER BY c.relname
