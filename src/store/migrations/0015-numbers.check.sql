-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['emergency_address', 'emergency_location', 'caller_id', 'number_order', 'number_stock',
  'number_setting', 'emergency_desk', 'emergency_call']) name WHERE to_regclass(name) IS NULL;
SELECT 'the setting is one row' FROM (SELECT count(*) AS rows FROM number_setting) setting WHERE rows <> 1;
SELECT 'addresses can be changed: ' || name FROM unnest(ARRAY['emergency_address', 'emergency_location']) name
  WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'never_changed' AND tgrelid = name::regclass);
SELECT 'a number in service can be had from stock: ' || s.number FROM number_stock s JOIN phone_number n USING (number) WHERE s.status <> 'in-service';
SELECT 'the stock is open to all tenants' FROM pg_class WHERE relname = 'number_stock' AND NOT relrowsecurity;
