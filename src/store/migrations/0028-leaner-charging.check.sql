-- Every statement must return no rows.
SELECT 'missing constraint ' || name FROM (VALUES ('call_session'::regclass, 'ended_holds_its_answer'), ('posting', 'known_accounts')) c (owner, name)
WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conname = name AND conrelid = owner AND convalidated);
SELECT 'the last answer of a session that goes on is nowhere', s.call_id FROM call_session s
WHERE s.state <> 'ended' AND NOT EXISTS (
  SELECT FROM call_answer a WHERE a.call_id = s.call_id AND a.request_number = s.last_number);
