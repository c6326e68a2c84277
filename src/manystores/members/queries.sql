-- name: update_identifiers
-- Names and consent that changed.
UPDATE identifiers SET name = changed.name, says = changed.says
FROM unnest(%(keys)s::uuid[], %(names)s::uuid[], %(says)s::smallint[]) AS changed (key, name, says)
WHERE identifiers.partition_id = %(partition)s AND identifiers.key = changed.key

-- name: update_pairs
-- Pairs about which something else is said now.
UPDATE identity_pairs SET rules = changed.rules, since = changed.since, apart = changed.apart
FROM unnest(%(lefts)s::int[], %(rights)s::int[], %(rules)s::int[], %(sinces)s::bigint[], %(aparts)s::boolean[])
    AS changed (left_number, right_number, rules, since, apart)
WHERE identity_pairs.partition_id = %(partition)s
  AND identity_pairs.left_number = changed.left_number AND identity_pairs.right_number = changed.right_number

-- name: put_consents
-- The last words.
INSERT INTO consents (partition_id, number, purpose, granted, version, channel, proof, at)
SELECT %(partition)s, * FROM unnest(
    %(numbers)s::int[], %(purposes)s::text[], %(granted)s::boolean[], %(versions)s::text[], %(channels)s::text[],
    %(proofs)s::text[], %(ats)s::timestamptz[])
ON CONFLICT (partition_id, number, purpose) DO UPDATE SET
    granted = excluded.granted, version = excluded.version, channel = excluded.channel, proof = excluded.proof,
    at = excluded.at

-- name: table_pages
SELECT pg_relation_size(to_regclass(%(table)s)) / current_setting('block_size')::int

-- name: load_identifiers
-- Identifiers in a range of pages, packed: thousands in a value. A row at a time would cost the reader far more.
SELECT string_agg(
    uuid_send(key) || int4send(number) || int2send(namespace) || int4send(scope) || boolsend(blocked)
    || uuid_send(name) || int2send(says), '')
FROM identifiers WHERE partition_id = %(partition)s AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_pairs
-- Pairs in a range of pages, packed.
SELECT string_agg(
    int4send(left_number) || int4send(right_number) || int4send(rules) || int8send(since) || boolsend(apart), '')
FROM identity_pairs WHERE partition_id = %(partition)s AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_consents
SELECT number, purpose, granted, version, channel, proof, at FROM consents WHERE partition_id = %(partition)s

-- name: load_message_keys
-- Under which events of a day were written, in a range of pages of its table.
SELECT string_agg(uuid_send(request_key), '') FROM journal
WHERE partition_id = %(partition)s AND day = %(day)s AND request_key IS NOT NULL
  AND ctid >= %(first)s::tid AND ctid < %(end)s::tid

-- name: load_purchases
-- Who told of purchases in the last days, oldest first.
SELECT journal.holder, identifiers.number
FROM journal JOIN identifiers ON identifiers.partition_id = journal.partition_id AND identifiers.key = journal.subject
WHERE journal.partition_id = %(partition)s AND journal.day >= %(day)s AND journal.holder IS NOT NULL
ORDER BY journal.seq, journal.n

-- name: values
-- What brands call their members, sealed.
SELECT key, value FROM identifiers
WHERE partition_id = %(partition)s AND key = ANY (%(keys)s::uuid[]) AND value IS NOT NULL

-- name: timeline
-- What is known of some identifiers, newest first.
SELECT name, subject, actor, at, body FROM journal
WHERE partition_id = %(partition)s AND subject = ANY (%(keys)s::uuid[]) AND party_no = %(party)s
ORDER BY seq DESC, n DESC LIMIT %(most)s

-- name: note_erasure
-- What is going to be erased, in figures; the keys are for the worker, who finds them in files.
INSERT INTO erasures (partition_id, erasure_id, party_no, actor, asked_at, keys, upto_seq, identifiers, pairs, facts)
SELECT %(partition)s, %(erasure)s, %(party)s, %(actor)s, %(at)s, %(keys)s::uuid[], %(seq)s,
       cardinality(%(keys)s::uuid[]), cardinality(%(lefts)s::int[]), count(*)
FROM journal WHERE partition_id = %(partition)s AND subject = ANY (%(keys)s::uuid[])

-- name: erase_facts
-- All that was told of them, but for who looked at them.
DELETE FROM journal
WHERE partition_id = %(partition)s AND subject = ANY (%(keys)s::uuid[]) AND name NOT LIKE 'member.%%'

-- name: erase_mentions
-- Links of others with them.
DELETE FROM journal
WHERE partition_id = %(partition)s AND subject = ANY (%(around)s::uuid[]) AND name LIKE 'identity.%%'
  AND body::jsonb ->> 'other' = ANY (%(hexes)s::text[])

-- name: keep_accesses
-- Who looked at personal data is kept, without at whose.
UPDATE journal SET subject = '00000000-0000-0000-0000-000000000000', body = NULL
WHERE partition_id = %(partition)s AND subject = ANY (%(keys)s::uuid[])

-- name: erase_identifiers
DELETE FROM identifiers WHERE partition_id = %(partition)s AND key = ANY (%(keys)s::uuid[])

-- name: keep_numbers
-- Their numbers stay taken, by nobody.
INSERT INTO identifiers (partition_id, key, number, namespace, scope, blocked, name, says)
SELECT %(partition)s, gen_random_uuid(), number, 9, 0, true, '00000000-0000-0000-0000-000000000000', 0
FROM unnest(%(numbers)s::int[]) AS number

-- name: erase_pairs
DELETE FROM identity_pairs USING unnest(%(lefts)s::int[], %(rights)s::int[]) AS gone (left_number, right_number)
WHERE identity_pairs.partition_id = %(partition)s
  AND identity_pairs.left_number = gone.left_number AND identity_pairs.right_number = gone.right_number

-- name: erase_consents
DELETE FROM consents WHERE partition_id = %(partition)s AND number = ANY (%(numbers)s::int[])

-- name: erasure
SELECT erasure_id, asked_at, identifiers, pairs, facts, lake_files, lake_facts, found_after, done_at FROM erasures
WHERE partition_id = %(partition)s AND erasure_id = %(erasure)s AND party_no = %(party)s

-- name: erasures_under_way
-- Whose keys files may still hold.
SELECT erasure_id, keys, upto_seq FROM erasures WHERE partition_id = %(partition)s AND done_at IS NULL ORDER BY erasure_id

-- name: left_of
-- How much the database still has of keys: nothing, or something went wrong.
SELECT count(*) FROM journal
WHERE partition_id = %(partition)s AND subject = ANY (%(keys)s::uuid[]) AND seq <= %(seq)s

-- name: erasure_done
UPDATE erasures
SET keys = '{}', lake_files = %(files)s, lake_facts = %(facts)s, found_after = %(left)s, done_at = %(at)s
WHERE partition_id = %(partition)s AND erasure_id = %(erasure)s
