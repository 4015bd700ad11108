-- Every table refuses DELETE (8), UPDATE (16) and TRUNCATE (32), by the bits of pg_trigger.tgtype.
SELECT name AS table_that_can_be_changed
FROM unnest(ARRAY['rate_deck', 'rate', 'rate_deck_activation']) AS name
WHERE NOT EXISTS (
  SELECT FROM pg_trigger
  WHERE tgrelid = name::regclass AND tgname = 'append_only' AND tgenabled = 'O' AND tgtype & (8 | 16 | 32) = (8 | 16 | 32)
);
