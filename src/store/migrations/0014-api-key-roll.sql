-- An API key can be rolled: its new secret counts at once, the former one until `former_until`. Only digests are kept.
ALTER TABLE api_key
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN former_hash text UNIQUE,
  ADD COLUMN former_until timestamptz,
  ADD COLUMN former_used_at timestamptz,
  ADD CONSTRAINT former_has_end CHECK ((former_hash IS NULL) = (former_until IS NULL)),
  ADD CONSTRAINT former_is_another CHECK (former_hash <> secret_hash);
COMMENT ON COLUMN api_key.last_used_at IS 'to the minute: a key that is asked with all the time is written down once a minute';
COMMENT ON COLUMN api_key.former_hash IS 'stays after `former_until`: a secret that was rolled away never opens anything again';
CREATE INDEX api_key_of_tenant ON api_key (tenant_id, key_id) WHERE tenant_id IS NOT NULL;

-- Answers that were kept for a repeated request held the secret of a new key.
UPDATE idempotency_key SET body = regexp_replace(body, '"secret":"rf_[^"]*"', '"secret":null') WHERE body LIKE '%"secret":"rf\_%';
