-- Every statement must return no rows.
SELECT 'no index of forwarded calls on ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = 'call_record'::regclass AND NOT EXISTS (
  SELECT FROM pg_inherits part JOIN pg_index i ON i.indexrelid = part.inhrelid
  WHERE part.inhparent = 'call_record_forwarded'::regclass AND i.indrelid = pg_inherits.inhrelid AND i.indisvalid);
