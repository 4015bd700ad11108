-- Every statement must return no rows.
SELECT 'missing index ' || name FROM unnest(ARRAY['tenant_user_by_name', 'tenant_user_email',
  'call_record_of_called', 'call_record_of_caller']) name WHERE to_regclass(name) IS NULL;
SELECT 'folded wrongly: ' || given FROM (VALUES ('Zoé  O’Brien', 'zoe o brien'), ('Łukasz Große', 'lukasz grosse'), ('ÉMILE-ÆON', 'emile aeon'))
  v(given, folded) WHERE fold_text(given) <> folded;
SELECT user_id FROM tenant_user WHERE name_key IS DISTINCT FROM fold_text(name);
