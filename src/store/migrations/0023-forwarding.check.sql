-- Every statement must return no rows.
SELECT 'missing table forwarding' WHERE to_regclass('forwarding') IS NULL;
SELECT 'open to all tenants: ' || relname FROM pg_class WHERE relname = 'forwarding' AND NOT relrowsecurity;
