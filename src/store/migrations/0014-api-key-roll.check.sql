SELECT key_id, idempotency_key FROM idempotency_key WHERE body LIKE '%"secret":"rf\_%';
SELECT key_id FROM api_key WHERE former_hash IS NOT NULL OR expires_at IS NOT NULL;
