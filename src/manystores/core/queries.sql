-- A party by its code.
-- name: find_party
SELECT party_no, code, name, kind, partition_id FROM parties WHERE code = %(code)s;

-- A new party; if another transaction was first, nothing happens.
-- name: insert_party
INSERT INTO parties (party_no, code, name, kind, partition_id, created_at)
VALUES (%(party_no)s, %(code)s, %(name)s, %(kind)s, %(partition_id)s, %(created_at)s)
ON CONFLICT (code) DO NOTHING;

-- A new API key.
-- name: insert_key
INSERT INTO api_keys (key_id, party_no, location_no, name, secret_hash, scopes, created_at, expires_at)
VALUES (%(key_id)s, %(party_no)s, %(location_no)s, %(name)s, %(secret_hash)s, %(scopes)s, %(created_at)s,
        %(expires_at)s);

-- A key and its party, to tell who a request comes from.
-- name: find_key
SELECT k.key_id, k.party_no, p.code, p.partition_id, k.scopes, k.location_no, p.kind,
       k.secret_hash, k.expires_at, k.revoked_at
FROM api_keys k JOIN parties p USING (party_no)
WHERE k.key_id = %(key_id)s;

-- The keys of a party (null: of all), without their secrets.
-- name: list_keys
SELECT k.key_id, p.code, k.location_no, k.name, k.scopes, k.created_at, k.expires_at, k.revoked_at
FROM api_keys k JOIN parties p USING (party_no)
WHERE %(party_code)s::text IS NULL OR p.code = %(party_code)s
ORDER BY k.created_at, k.key_id;

-- A key stops working; one that is revoked already stays as it is.
-- name: revoke_key
UPDATE api_keys SET revoked_at = %(now)s
WHERE key_id = %(key_id)s AND revoked_at IS NULL
  AND (%(party_code)s::text IS NULL
       OR party_no = (SELECT party_no FROM parties WHERE code = %(party_code)s));

-- name: take_over
-- The new owner's first act: from here on, no batch of an older epoch can commit.
UPDATE lease SET epoch = epoch + 1, owner = %(owner)s, taken_at = %(at)s
WHERE partition_id = %(partition)s RETURNING epoch, seq

-- name: fence
-- The first statement of every batch: exactly one row, or the owner steps down.
UPDATE lease SET seq = seq + 1 WHERE partition_id = %(partition)s AND epoch = %(epoch)s AND seq = %(seq)s

-- name: settled_lease
-- What was committed, once no transaction is under way that could still commit.
SELECT epoch, seq FROM lease WHERE partition_id = %(partition)s FOR UPDATE

-- name: open_lease
-- A partition's lease exists before its first owner.
INSERT INTO lease (partition_id, epoch, seq, owner, taken_at)
VALUES (%(partition)s, 0, 0, '', %(at)s) ON CONFLICT DO NOTHING

-- name: lock_days
-- One process makes a day's tables; the others then find them.
SELECT partition_id FROM partitions WHERE partition_id = 1 FOR UPDATE
