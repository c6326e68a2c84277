-- A session by the hash of its cookie, with the person and the party in which the person acts.
-- name: find_session
SELECT s.session_id, s.person_id, s.party_no, p.code, p.kind, p.partition_id, s.location_no, s.expires_at, s.seen_at,
       u.role, u.enabled, u.party_no,
       ARRAY(SELECT l.location_no FROM person_locations l WHERE l.person_id = s.person_id ORDER BY l.location_no)
FROM sessions s JOIN people u USING (person_id) JOIN parties p ON p.party_no = s.party_no
WHERE s.session_hash = %(hash)s AND s.ended_at IS NULL;

-- The person of a session was here.
-- name: note_seen
UPDATE sessions SET seen_at = %(now)s WHERE session_hash = %(hash)s;

-- A new session, in the person's own party.
-- name: insert_session
INSERT INTO sessions (session_hash, session_id, person_id, party_no, created_at, seen_at, expires_at)
VALUES (%(hash)s, %(session_id)s, %(person_id)s, %(party_no)s, %(now)s, %(now)s, %(expires)s);

-- Sessions that were over long ago.
-- name: forget_sessions
DELETE FROM sessions WHERE expires_at < %(before)s;

-- The person signed in.
-- name: note_signed_in
UPDATE people SET signed_in_at = %(now)s WHERE person_id = %(person_id)s;

-- A session is signed out.
-- name: end_session
UPDATE sessions SET ended_at = %(now)s WHERE session_hash = %(hash)s AND ended_at IS NULL;

-- All sessions of a person end (but one, if its hash is given).
-- name: end_sessions
UPDATE sessions SET ended_at = %(now)s
WHERE person_id = %(person_id)s AND ended_at IS NULL
  AND (%(but)s::bytea IS NULL OR session_hash <> %(but)s);

-- The person acts in another of their locations.
-- name: act_at
UPDATE sessions SET location_no = %(location_no)s WHERE session_hash = %(hash)s;

-- A platform operator enters a brand, or goes home.
-- name: act_for
UPDATE sessions SET party_no = %(party_no)s, location_no = NULL WHERE session_hash = %(hash)s;

-- A new person.
-- name: insert_person
INSERT INTO people (person_id, party_no, login, name, role, password_hash, enabled, created_at, revision)
VALUES (%(person_id)s, %(party_no)s, %(login)s, %(name)s, %(role)s, %(password_hash)s, %(enabled)s, %(now)s, 1)
ON CONFLICT (party_no, login) DO NOTHING;

-- What changes of a person; a null password_hash leaves the old one.
-- name: update_person
UPDATE people
SET name = %(name)s, role = %(role)s, enabled = %(enabled)s, revision = revision + 1,
    password_hash = coalesce(%(password_hash)s, password_hash)
WHERE person_id = %(person_id)s;

-- The identity at an outside issuer of who signed in by it for the first time.
-- name: note_subject
UPDATE people SET subject = %(subject)s WHERE person_id = %(person_id)s AND subject IS NULL;

-- The locations of a person, before new ones are put in.
-- name: clear_locations
DELETE FROM person_locations WHERE person_id = %(person_id)s;

-- A location of a person.
-- name: insert_location
INSERT INTO person_locations (person_id, location_no) VALUES (%(person_id)s, %(location_no)s);

-- People of a party (null: of all) in the order of their logins, or one by id or login.
-- name: find_people
SELECT u.person_id, u.party_no, p.code AS party, u.login, u.name, u.role, u.enabled, u.created_at, u.signed_in_at,
       u.revision, u.password_hash IS NOT NULL AS has_password,
       ARRAY(SELECT l.location_no FROM person_locations l WHERE l.person_id = u.person_id ORDER BY l.location_no)
           AS locations
FROM people u JOIN parties p USING (party_no)
WHERE (%(party_no)s::integer IS NULL OR u.party_no = %(party_no)s)
  AND (%(person_id)s::uuid IS NULL OR u.person_id = %(person_id)s)
  AND (%(login)s::text IS NULL OR u.login = %(login)s)
  AND (%(role)s::text IS NULL OR u.role = %(role)s)
  AND (%(enabled)s::boolean IS NULL OR u.enabled = %(enabled)s)
  AND (%(text)s::text IS NULL OR strpos(lower(u.login || ' ' || u.name), lower(%(text)s)) > 0)
  AND (%(after_login)s::text IS NULL OR (u.login, u.person_id) > (%(after_login)s, %(after_id)s::uuid))
ORDER BY u.login, u.person_id
LIMIT %(limit)s;

-- Who may be meant by a login, in one brand or in all: at most a few, oldest first.
-- name: find_candidates
SELECT u.person_id, u.party_no, p.code, u.login, u.name, u.role, u.enabled, u.password_hash, u.subject,
       EXISTS (SELECT FROM person_locations l WHERE l.person_id = u.person_id)
FROM people u JOIN parties p USING (party_no)
WHERE u.login = %(login)s AND (%(party)s::text IS NULL OR p.code = %(party)s)
ORDER BY u.created_at, u.person_id
LIMIT %(limit)s;

-- Who may be meant by an identity at an outside issuer: those who signed in by it before, and those of these logins
-- who never signed in by any.
-- name: find_by_subject
SELECT u.person_id, u.party_no, p.code, u.login, u.name, u.role, u.enabled, u.password_hash, u.subject,
       EXISTS (SELECT FROM person_locations l WHERE l.person_id = u.person_id)
FROM people u JOIN parties p USING (party_no)
WHERE (u.subject = %(subject)s OR (u.subject IS NULL AND u.login = ANY (%(logins)s)))
  AND (%(party)s::text IS NULL OR p.code = %(party)s)
ORDER BY u.created_at, u.person_id
LIMIT %(limit)s;

-- One person, to sign in who was found already.
-- name: find_candidate
SELECT u.person_id, u.party_no, p.code, u.login, u.name, u.role, u.enabled, u.password_hash, u.subject,
       EXISTS (SELECT FROM person_locations l WHERE l.person_id = u.person_id)
FROM people u JOIN parties p USING (party_no)
WHERE u.person_id = %(person_id)s;

-- A party is locked while its people change, so that two of them can't both be the last but one to go.
-- name: lock_party
SELECT party_no FROM parties WHERE party_no = %(party_no)s FOR UPDATE;

-- How many others of a role could still sign in.
-- name: count_others
SELECT count(*) FROM people
WHERE party_no = %(party_no)s AND role = %(role)s AND enabled AND person_id <> %(person_id)s;

-- The names of some people.
-- name: names_of
SELECT person_id, name FROM people WHERE person_id = ANY (%(ids)s);

-- What somebody did. Rows are added only; one that is there already, after a commit that broke off, stays.
-- name: insert_audit
INSERT INTO audit (partition_id, audit_id, at, party_no, person_id, session_id, location_no, method, route, path, status,
                   request_key, address, details)
VALUES (%(partition_id)s, %(audit_id)s, %(at)s, %(party_no)s, %(person_id)s, %(session_id)s, %(location_no)s,
        %(method)s, %(route)s, %(path)s, %(status)s, %(request_key)s, %(address)s, %(details)s)
ON CONFLICT (partition_id, audit_id) DO NOTHING;

-- A page of a party's audit, the newest first; a filter that is null lets all pass.
-- name: page_of_audit
SELECT a.audit_id, a.at, a.person_id, u.login, u.name, u.party_no AS home_party_no, a.session_id, a.location_no,
       a.method, a.route, a.path, a.status, a.request_key, a.address, a.details
FROM audit a LEFT JOIN people u USING (person_id)
WHERE a.partition_id = %(partition_id)s AND a.party_no = %(party_no)s
  AND (%(person_id)s::uuid IS NULL OR a.person_id = %(person_id)s)
  AND (%(from)s::timestamptz IS NULL OR a.at >= %(from)s)
  AND (%(to)s::timestamptz IS NULL OR a.at < %(to)s)
  AND (%(text)s::text IS NULL OR strpos(lower(a.method || ' ' || a.path || ' ' || a.route), lower(%(text)s)) > 0)
  AND (%(refused)s::boolean IS NULL OR (a.status >= 400) = %(refused)s)
  AND (%(before)s::uuid IS NULL OR a.audit_id < %(before)s)
ORDER BY a.audit_id DESC
LIMIT %(limit)s;

-- A new password.
-- name: set_password
UPDATE people SET password_hash = %(password_hash)s, revision = revision + 1 WHERE person_id = %(person_id)s;

-- The codes of some locations.
-- name: location_codes
SELECT location_no, code FROM locations WHERE location_no = ANY (%(numbers)s);

-- Views of a party that somebody may see: their own, and what is shared; one, those of a page, or all.
-- name: views
SELECT v.view_id, v.name, v.page, v.query, v.shared, v.person_id, u.name AS owner, v.updated_at
FROM saved_views v JOIN people u USING (person_id)
WHERE v.party_no = %(party_no)s
  AND (v.shared OR v.person_id = %(person_id)s)
  AND (%(page)s::text IS NULL OR v.page = %(page)s)
  AND (%(view_id)s::uuid IS NULL OR v.view_id = %(view_id)s)
ORDER BY v.name, v.view_id;

-- A new view, unless its owner has too many.
-- name: insert_view
INSERT INTO saved_views (view_id, party_no, person_id, name, page, query, shared, updated_at)
SELECT %(view_id)s, %(party_no)s, %(person_id)s, %(name)s, %(page)s, %(query)s, %(shared)s, %(now)s
WHERE (SELECT count(*) FROM saved_views WHERE person_id = %(person_id)s) < %(most)s;

-- What of a view changes; what is null stays.
-- name: update_view
UPDATE saved_views
SET name = coalesce(%(name)s, name), query = coalesce(%(query)s, query), shared = coalesce(%(shared)s, shared),
    updated_at = %(now)s
WHERE view_id = %(view_id)s;

-- name: delete_view
DELETE FROM saved_views WHERE view_id = %(view_id)s;

-- What was tried in vain under a name.
-- name: find_tries
SELECT tries, last_at, until_at FROM sign_in_tries WHERE mark = %(mark)s;

-- The same, locked; a row without tries is made if there is none.
-- name: lock_tries
INSERT INTO sign_in_tries AS t (mark, tries, last_at, until_at) VALUES (%(mark)s, 0, 'epoch', 'epoch')
ON CONFLICT (mark) DO UPDATE SET tries = t.tries
RETURNING tries, last_at, until_at;

-- What was tried, with one more.
-- name: note_tries
UPDATE sign_in_tries SET tries = %(tries)s, last_at = %(last)s, until_at = %(until)s WHERE mark = %(mark)s;

-- Somebody got in.
-- name: forget_tries
DELETE FROM sign_in_tries WHERE mark = %(mark)s;

-- What counts no more, and what is too much; rows that somebody counts on just now stay.
-- name: prune_tries
DELETE FROM sign_in_tries WHERE mark IN (
    SELECT mark FROM sign_in_tries
    WHERE greatest(last_at, until_at) <= %(before)s
       OR mark IN (SELECT mark FROM sign_in_tries ORDER BY tries DESC, last_at DESC OFFSET %(most)s)
    FOR UPDATE SKIP LOCKED
);
