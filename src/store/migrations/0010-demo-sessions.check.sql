-- Every session says how its person came in.
SELECT session_id FROM person_session
WHERE method NOT IN ('password', 'totp', 'recovery-code', 'passkey', 'oidc', 'invitation', 'demo');
