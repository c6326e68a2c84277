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
