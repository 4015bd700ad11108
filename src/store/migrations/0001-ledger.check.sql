-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['tenant', 'tenant_user', 'subscription', 'entitlement', 'phone_number', 'account',
  'posting', 'call_session', 'call_answer', 'call_record', 'call_supplement', 'payment_method', 'funding', 'auto_recharge',
  'api_key', 'idempotency_key', 'audit_log', 'installation']) name WHERE to_regclass(name) IS NULL;
SELECT 'append-only trigger missing on ' || name FROM unnest(ARRAY['posting', 'call_record', 'call_supplement', 'audit_log']) name
  WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = name::regclass);
SELECT 'the lowest id of a millisecond is wrong'
  WHERE uuid_from_time('2026-11-01T00:00:00Z') <> '01a19467-e800-0000-0000-000000000000';
