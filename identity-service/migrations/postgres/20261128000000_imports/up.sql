-- What came from another program's database, as it was there and as it became here, so that an import can be repeated.
CREATE TABLE imports (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    there BYTEA NOT NULL,
    here BYTEA NOT NULL,
    PRIMARY KEY (source, kind, id)
);
