-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['call_sum', 'call_sum_mark', 'call_sum_pending']) name WHERE to_regclass(name) IS NULL;
SELECT 'the mark is one row' FROM (SELECT count(*) AS rows FROM call_sum_mark) mark WHERE rows <> 1;
SELECT 'no index by user on ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = 'call_record'::regclass AND NOT EXISTS (
  SELECT FROM pg_inherits part JOIN pg_index i ON i.indexrelid = part.inhrelid
  WHERE part.inhparent = 'call_record_of_user'::regclass AND i.indrelid = pg_inherits.inhrelid AND i.indisvalid);
