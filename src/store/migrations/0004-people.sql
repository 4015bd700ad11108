-- People who sign in, what they may do where, and everything that opens a door. A secret that we only have to recognise is stored
-- as its SHA-256 (it has at least 120 random bits), a password as argon2id, a TOTP secret sealed (src/access/vault.ts): a copy of
-- these tables opens nothing.

CREATE TABLE person (
  person_id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email) AND email <> ''),
  name text NOT NULL CHECK (name <> ''),
  language text NOT NULL CHECK (language IN ('en', 'fr')),
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  totp_sealed bytea,
  totp_confirmed boolean NOT NULL DEFAULT false,
  -- RFC 6238 §5.2: a code is taken once, so steps only go up
  totp_last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  CONSTRAINT confirmed_has_secret CHECK (totp_sealed IS NOT NULL OR NOT totp_confirmed)
);

CREATE TABLE recovery_code (
  person_id uuid NOT NULL REFERENCES person,
  code_hash text NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE passkey (
  passkey_id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  credential_id text NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  counter bigint NOT NULL CHECK (counter >= 0),
  transports text[] NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX passkey_of_person ON passkey (person_id);

CREATE TABLE oidc_link (
  issuer text NOT NULL,
  subject text NOT NULL,
  person_id uuid NOT NULL REFERENCES person,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_link_of_person ON oidc_link (person_id);

CREATE TABLE person_session (
  session_id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  secret_hash text NOT NULL UNIQUE,
  method text NOT NULL CHECK (method IN ('password', 'totp', 'recovery-code', 'passkey', 'oidc', 'invitation')),
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  confirmed_at timestamptz NOT NULL,
  revoked_at timestamptz
);
COMMENT ON COLUMN person_session.confirmed_at IS 'when the person last proved who they are: sensitive changes want it recent';
CREATE INDEX person_session_of_person ON person_session (person_id, session_id);

-- Between two steps of signing in or of adding a passkey: a challenge that is answered once, within minutes.
CREATE TABLE sign_in_step (
  secret_hash text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('second-factor', 'passkey-sign-in', 'passkey-registration', 'oidc')),
  person_id uuid REFERENCES person,
  data jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_step_age ON sign_in_step (expires_at);

CREATE TABLE partner (
  partner_id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  created_at timestamptz NOT NULL
);

CREATE TABLE partner_tenant (
  partner_id uuid NOT NULL REFERENCES partner,
  tenant_id uuid NOT NULL REFERENCES tenant,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, partner_id)
);
CREATE INDEX partner_tenant_of_partner ON partner_tenant (partner_id, tenant_id);

-- A role stands where it is held: the installation (neither), a partner, or a tenant.
CREATE TABLE role_grant (
  person_id uuid NOT NULL REFERENCES person,
  role text NOT NULL,
  partner_id uuid REFERENCES partner,
  tenant_id uuid REFERENCES tenant,
  granted_at timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (person_id, role, partner_id, tenant_id),
  CONSTRAINT place_of_role CHECK (
    CASE role
      WHEN 'operator' THEN partner_id IS NULL AND tenant_id IS NULL
      WHEN 'partner' THEN partner_id IS NOT NULL AND tenant_id IS NULL
      ELSE partner_id IS NULL AND tenant_id IS NOT NULL
        AND role IN ('global-admin', 'billing-admin', 'user-admin', 'communications-admin', 'read-only', 'user')
    END)
);
CREATE INDEX role_grant_of_tenant ON role_grant (tenant_id, person_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX role_grant_of_partner ON role_grant (partner_id, person_id) WHERE partner_id IS NOT NULL;

CREATE TABLE invitation (
  invitation_id uuid PRIMARY KEY,
  email text NOT NULL CHECK (email = lower(email) AND email <> ''),
  role text NOT NULL,
  partner_id uuid REFERENCES partner,
  tenant_id uuid REFERENCES tenant,
  language text NOT NULL CHECK (language IN ('en', 'fr')),
  invited_by text NOT NULL,
  secret_hash text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT accepted_or_revoked CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
-- Asking again replaces the former link.
CREATE UNIQUE INDEX one_open_invitation ON invitation (email, role, partner_id, tenant_id) NULLS NOT DISTINCT
  WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitation_of_tenant ON invitation (tenant_id, invitation_id);

CREATE TABLE password_reset (
  secret_hash text PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX password_reset_of_person ON password_reset (person_id);

-- How often somebody tried, by account and by address, in fixed windows; here, so that it holds over several processes.
CREATE TABLE throttle (
  bucket text COLLATE "C" NOT NULL,
  window_start timestamptz NOT NULL,
  hits integer NOT NULL CHECK (hits >= 0),
  PRIMARY KEY (bucket, window_start)
);
CREATE INDEX throttle_age ON throttle (window_start);
