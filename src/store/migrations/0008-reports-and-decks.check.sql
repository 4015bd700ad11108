-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['rate_deck_draft', 'rate_deck_schedule', 'alarm']) name WHERE to_regclass(name) IS NULL;
SELECT 'missing index ' || name FROM unnest(ARRAY['call_record_by_start', 'audit_log_by_time', 'audit_log_by_actor',
  'audit_log_by_subject', 'one_open_alarm']) name WHERE to_regclass(name) IS NULL;
-- A partition without its part of the index would be read from end to end.
SELECT 'no index by start on ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = 'call_record'::regclass AND NOT EXISTS (
  SELECT FROM pg_inherits part JOIN pg_index i ON i.indexrelid = part.inhrelid
  WHERE part.inhparent = 'call_record_by_start'::regclass AND i.indrelid = pg_inherits.inhrelid AND i.indisvalid);
