-- At the machine itself the people of the demonstration are entered as, without a password: their sessions say so.
ALTER TABLE person_session DROP CONSTRAINT person_session_method_check;
ALTER TABLE person_session ADD CONSTRAINT person_session_method_check
  CHECK (method IN ('password', 'totp', 'recovery-code', 'passkey', 'oidc', 'invitation', 'demo'));
