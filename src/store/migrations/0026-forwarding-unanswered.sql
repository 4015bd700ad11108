-- Calls may also go on only when the user's own telephone did not take them: how long it rings first. Null: they go on at once.
ALTER TABLE forwarding ADD COLUMN ring_seconds integer CHECK (ring_seconds BETWEEN 5 AND 60);
