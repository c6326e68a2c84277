-- name: insert
-- A new account, unless somebody has registered the application.
INSERT INTO payment_accounts (account_id, party_no, provider, application, config, created_at)
VALUES (%(account_id)s, %(party_no)s, %(provider)s, %(application)s, %(config)s, %(created_at)s)
ON CONFLICT (provider, application) DO NOTHING

-- name: page
-- A page of a party's accounts, oldest first, after a given one.
SELECT account_id, party_no, provider, application, config, created_at FROM payment_accounts
WHERE party_no = %(party_no)s AND (%(after)s::uuid IS NULL OR account_id > %(after)s)
ORDER BY account_id LIMIT %(limit)s

-- name: delete
-- An account of a party.
DELETE FROM payment_accounts WHERE account_id = %(account_id)s AND party_no = %(party_no)s

-- name: everybodys
-- All accounts, oldest first.
SELECT account_id, party_no, provider, application, config FROM payment_accounts ORDER BY account_id
