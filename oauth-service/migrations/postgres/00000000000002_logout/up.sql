-- Who is told when a login session ends.
CREATE TABLE session_clients (
    login_session_id TEXT NOT NULL REFERENCES login_sessions (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (login_session_id, client_id)
);
CREATE INDEX session_clients_client ON session_clients (client_id);

-- How the person logged in: a later request may ask for more.
ALTER TABLE login_sessions ADD COLUMN acr TEXT NOT NULL DEFAULT '';
ALTER TABLE login_sessions ADD COLUMN amr TEXT NOT NULL DEFAULT '[]';
