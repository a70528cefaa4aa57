-- What came from another server's database, each row once: what has been changed or ended here since must not come back with the next
-- import. A row that would have expired there need not be remembered.
CREATE TABLE imported_rows (
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    expires_at TIMESTAMP,
    PRIMARY KEY (kind, digest)
) WITHOUT ROWID;
CREATE INDEX imported_rows_expires_at ON imported_rows (expires_at);

-- The secrets of that server, sealed: what it made is checked with them.
CREATE TABLE imported_secrets (
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, digest)
) WITHOUT ROWID;
