-- SBCs that are spoken to over TLS (L4). Each is known by its address and by its certificate: the one with this fingerprint, or one that a
-- trusted authority has issued for this name.
ALTER TABLE trunk ADD COLUMN certificate_name text CHECK (certificate_name ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$');
ALTER TABLE trunk ADD COLUMN certificate_fingerprint text CHECK (certificate_fingerprint ~ '^([0-9A-F]{2}:){31}[0-9A-F]{2}$');
ALTER TABLE trunk DROP CONSTRAINT trunk_transport_check;
ALTER TABLE trunk ADD CONSTRAINT trunk_transport_check CHECK (transport IN ('udp', 'tcp', 'tls'));
ALTER TABLE trunk ADD CONSTRAINT tls_has_one_certificate CHECK (
  num_nonnulls(certificate_name, certificate_fingerprint) = CASE WHEN transport = 'tls' THEN 1 ELSE 0 END);
ALTER TABLE trunk ADD CONSTRAINT tls_has_address CHECK (transport <> 'tls' OR mode = 'address');
-- As over TCP: the port that it calls from is another each time.
CREATE UNIQUE INDEX trunk_tls_address ON trunk (host) WHERE transport = 'tls';
