PRAGMA journal_mode = WAL;
CREATE TABLE event_journal (
  ordering INTEGER PRIMARY KEY,
  persistence_id TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  writer TEXT NOT NULL,
  write_timestamp INTEGER NOT NULL,
  adapter_manifest TEXT NOT NULL,
  event_ser_id INTEGER NOT NULL,
  event_ser_manifest TEXT NOT NULL,
  event_payload BLOB NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest TEXT,
  meta_payload BLOB
) STRICT;
CREATE UNIQUE INDEX event_journal_by_entity ON event_journal (persistence_id, sequence_number);
CREATE TABLE event_tag (
  event_id INTEGER NOT NULL REFERENCES event_journal (ordering) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (event_id, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot (
  persistence_id TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  created INTEGER NOT NULL,
  snapshot_ser_id INTEGER NOT NULL,
  snapshot_ser_manifest TEXT NOT NULL,
  snapshot_payload BLOB NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest TEXT,
  meta_payload BLOB,
  PRIMARY KEY (persistence_id, sequence_number)
) STRICT;
PRAGMA application_id = 1348563564;
PRAGMA user_version = 1;
INSERT INTO event_journal VALUES (1, 'user|alice', 7, 0, 'w', 5, '', 3, 'm', CAST('hello' AS BLOB), NULL, NULL, NULL);
INSERT INTO event_tag VALUES (1, 'none');
INSERT INTO snapshot VALUES ('user|alice', 6, 4, 3, 'm', x'00', NULL, NULL, NULL)
