-- The policy in force of every brand.
-- name: policies_in_force
SELECT DISTINCT ON (party_no) party_no, version, body::text FROM policies ORDER BY party_no, version DESC

-- A brand's versions, newest first, those before a given one.
-- name: list_policies
SELECT version, body::text, published_at, published_by FROM policies
WHERE party_no = %(party_no)s AND (%(before)s::int IS NULL OR version < %(before)s) ORDER BY version DESC LIMIT %(limit)s

-- The next version; two who publish at once get two versions, or the second an error on the key.
-- name: publish_policy
INSERT INTO policies (party_no, version, body, published_at, published_by)
SELECT %(party_no)s, coalesce(max(version), 0) + 1, %(body)s::jsonb, %(at)s, %(by)s
FROM policies WHERE party_no = %(party_no)s
RETURNING version
