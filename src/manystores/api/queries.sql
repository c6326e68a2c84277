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
