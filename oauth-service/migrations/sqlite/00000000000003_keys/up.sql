-- When a key begins to sign; without it, when it was made. A key that takes over later is published before.
ALTER TABLE keys ADD COLUMN signs_from TIMESTAMP;
-- Made here. What an operator brought is never taken away by rotation.
ALTER TABLE keys ADD COLUMN made_here BOOLEAN NOT NULL DEFAULT TRUE;
-- In seconds: nothing the set signed was ever good for longer.
ALTER TABLE key_sets ADD COLUMN longest_lifetime BIGINT NOT NULL DEFAULT 0;
