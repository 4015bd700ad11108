-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['getting_started', 'getting_started_task']) name WHERE to_regclass(name) IS NULL;
SELECT 'open to all tenants: ' || c.relname FROM pg_class c
  WHERE c.relname IN ('getting_started', 'getting_started_task') AND NOT c.relrowsecurity;
