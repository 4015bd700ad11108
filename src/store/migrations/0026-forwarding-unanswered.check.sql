-- Every statement must return no rows.
SELECT 'missing column forwarding.ring_seconds' WHERE NOT EXISTS (
  SELECT FROM pg_attribute WHERE attrelid = 'forwarding'::regclass AND attname = 'ring_seconds');
