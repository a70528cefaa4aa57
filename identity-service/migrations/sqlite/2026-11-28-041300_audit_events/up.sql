-- Security events, for operators to look at; ids sort by time.
CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    event TEXT NOT NULL,
    actor TEXT,
    identity TEXT,
    details TEXT NOT NULL
);
CREATE INDEX audit_events_event ON audit_events (event, id);
CREATE INDEX audit_events_actor ON audit_events (actor, id);
CREATE INDEX audit_events_identity ON audit_events (identity, id);
