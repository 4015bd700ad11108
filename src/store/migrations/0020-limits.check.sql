-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['failure_policy', 'limit_use']) name WHERE to_regclass(name) IS NULL;
SELECT key_id, idempotency_key FROM idempotency_key WHERE body LIKE '%"secret":"whsec\_%';
