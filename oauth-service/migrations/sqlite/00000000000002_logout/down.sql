DROP TABLE session_clients;
ALTER TABLE login_sessions DROP COLUMN acr;
ALTER TABLE login_sessions DROP COLUMN amr;
