-- R1: rate decks are versioned, immutable once published, and rolled back at once. A deck is written in one transaction and
-- never touched again; which one counts is a list of activations, of which the newest holds.

CREATE TABLE rate_deck (
  deck_id uuid PRIMARY KEY,
  version integer NOT NULL UNIQUE CHECK (version >= 1),
  published_at timestamptz NOT NULL,
  row_count integer NOT NULL CHECK (row_count >= 1),
  checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$')
);
COMMENT ON COLUMN rate_deck.checksum IS 'SHA-256 of the rows in canonical order: verified whenever the deck is loaded';

-- Keyed by its place in the canonical order, so that loading reads the table from one end to the other. What makes a row
-- unique (direction, prefix, origin, line kind, currency, valid_from) is checked before publishing: an index on six columns
-- would double the time and the space of a million rows for a table that cannot change. Nor is there a foreign key to
-- rate_deck, which takes a third of the time: loading compares row count and checksum, and that finds more.
CREATE TABLE rate (
  deck_id uuid NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  direction text NOT NULL CHECK (direction IN ('out', 'toll-free-in', 'conference-out')),
  prefix text NOT NULL CHECK (prefix ~ '^[1-9][0-9]{0,14}$'),
  origin text NOT NULL CHECK (origin ~ '^([A-Z]{2})?$'),
  line_kind text NOT NULL CHECK (line_kind IN ('any', 'fixed', 'mobile', 'premium', 'shared-cost', 'satellite')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  connection_fee_micros bigint NOT NULL CHECK (connection_fee_micros >= 0),
  rate_micros_per_minute bigint NOT NULL CHECK (rate_micros_per_minute >= 0),
  initial_increment_seconds integer NOT NULL CHECK (initial_increment_seconds >= 1),
  next_increment_seconds integer NOT NULL CHECK (next_increment_seconds >= 1),
  minimum_seconds integer NOT NULL CHECK (minimum_seconds >= 0),
  valid_from timestamptz NOT NULL,
  PRIMARY KEY (deck_id, ordinal)
);

-- The number decides which activation is the newest, not the time: a clock may be set back.
CREATE TABLE rate_deck_activation (
  activation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deck_id uuid NOT NULL REFERENCES rate_deck,
  activated_at timestamptz NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_deck FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_deck_activation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
