ALTER TABLE key_sets DROP COLUMN longest_lifetime;
ALTER TABLE keys DROP COLUMN made_here;
ALTER TABLE keys DROP COLUMN signs_from;
