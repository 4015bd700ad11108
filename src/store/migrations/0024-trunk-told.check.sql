-- Every statement must return no rows.
SELECT 'missing column trunk.is_told_down' WHERE NOT EXISTS (
  SELECT FROM pg_attribute WHERE attrelid = 'trunk'::regclass AND attname = 'is_told_down' AND attnotnull);
