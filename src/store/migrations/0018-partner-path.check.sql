-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['partner_case', 'partner_case_entry', 'partner_access_end', 'trunk', 'trunk_test_call']) name
  WHERE to_regclass(name) IS NULL;
SELECT 'the history of a case can be changed' WHERE NOT EXISTS (
  SELECT FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = 'partner_case_entry'::regclass);
SELECT 'not behind the wall: ' || relname FROM pg_class
  WHERE relname IN ('partner_case', 'partner_case_entry', 'partner_access_end', 'trunk', 'trunk_test_call') AND NOT relrowsecurity;
SELECT 'numbers of trunks are refused' WHERE NOT EXISTS (SELECT FROM pg_constraint
  WHERE conname = 'phone_number_origin_check' AND pg_get_constraintdef(oid) LIKE '%trunk%');
