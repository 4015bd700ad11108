-- Emergency calls and calls between colleagues while they go on, as Kamailio knew them: a machine that starts again must let pass what
-- comes within them, and say how long they were (C5, C8, L1). Written after the call is on its way, and gone with its end.
CREATE TABLE free_call (
  session_id text PRIMARY KEY,
  -- The Call-ID of SIP, and what Kamailio keeps under it.
  call_id text NOT NULL,
  facts text NOT NULL,
  begun_at timestamptz NOT NULL,
  answered_at timestamptz
);
