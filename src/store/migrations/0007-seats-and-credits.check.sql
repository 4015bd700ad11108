-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['seat_price', 'seat_charge', 'seat_reduction']) name WHERE to_regclass(name) IS NULL;
SELECT 'append-only trigger missing on ' || name FROM unnest(ARRAY['seat_price', 'seat_charge']) name
  WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'append_only' AND tgrelid = name::regclass);
SELECT 'an index is missing on ' || c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'posting'::regclass
    AND (SELECT count(*) FROM pg_index x WHERE x.indrelid = c.oid) <> (SELECT count(*) FROM pg_index x WHERE x.indrelid = 'posting'::regclass);
