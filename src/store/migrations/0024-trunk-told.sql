-- Whether the tenant has been told that this SBC does not answer any more: told once, also over a restart, and told when it is back.
ALTER TABLE trunk ADD COLUMN is_told_down boolean NOT NULL DEFAULT false;
