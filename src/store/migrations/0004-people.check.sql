-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['person', 'recovery_code', 'passkey', 'oidc_link', 'person_session', 'sign_in_step',
  'partner', 'partner_tenant', 'role_grant', 'invitation', 'password_reset', 'throttle']) name WHERE to_regclass(name) IS NULL;
-- Two open invitations of one person to one place would be two links for one door, also where the place is the installation.
SELECT 'missing index one_open_invitation' WHERE NOT EXISTS (
  SELECT FROM pg_index WHERE indexrelid = to_regclass('one_open_invitation') AND indisunique AND indnullsnotdistinct);
