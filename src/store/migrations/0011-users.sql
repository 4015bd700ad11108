-- Users as an admin looks for them: by name without accents, mail, number; some switched off, some deleted and still to be restored.

-- How text is compared when people look for it: small letters without accents, one space between words. In the database, so that
-- what is stored and what is asked for are folded by the same rule. Some databases know small letters of ASCII only.
CREATE FUNCTION fold_text(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(
    translate(replace(replace(replace(lower(translate(normalize(given, NFKD), 'ÆŒØŁĐÐĦẞ', 'æœøłđðħß')), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđðħı', 'olddhi'),
    '[\u0300-\u036f]', '', 'g'), '[\s''’.,;:()"-]+', ' ', 'g'))
$$;

ALTER TABLE tenant_user
  ADD COLUMN email text CHECK (email = lower(email) AND email LIKE '%_@_%'),
  ADD COLUMN disabled_at timestamptz,
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (fold_text(name)) STORED,
  -- who is gone holds nothing
  ADD CONSTRAINT deleted_holds_nothing CHECK (deleted_at IS NULL OR (voice_sku IS NULL AND NOT international_plan));
COMMENT ON COLUMN tenant_user.disabled_at IS 'the telephone is switched off: emergency calls only';
COMMENT ON COLUMN tenant_user.deleted_at IS 'records and the audit log still name the user; can be restored for 30 days';

CREATE INDEX tenant_user_by_name ON tenant_user (tenant_id, name_key, user_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX tenant_user_email ON tenant_user (tenant_id, email) WHERE deleted_at IS NULL;
CREATE INDEX tenant_user_deleted ON tenant_user (deleted_at) WHERE deleted_at IS NOT NULL;

-- A number that somebody looks for: who called it, and whom it called. Prefixes too, whatever the collation.
CREATE INDEX call_record_of_called ON call_record (tenant_id, called_number text_pattern_ops, call_id);
CREATE INDEX call_record_of_caller ON call_record (tenant_id, calling_number text_pattern_ops, call_id) WHERE direction = 'in';

-- A file of users on its way to being applied: steps have addresses, and a browser may be closed between two of them.
CREATE TABLE user_import (
  import_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  file_name text NOT NULL,
  encoding text NOT NULL CHECK (encoding IN ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252')),
  delimiter text NOT NULL CHECK (delimiter IN (',', ';', E'\t', '|')),
  -- which column is what: {"name": 0, "email": 2}
  mapping json NOT NULL,
  may_create boolean NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  job_id uuid REFERENCES job ON DELETE SET NULL,
  bytes bytea NOT NULL
);
CREATE INDEX user_import_age ON user_import (created_at);
CREATE INDEX user_import_of_job ON user_import (job_id) WHERE job_id IS NOT NULL;
