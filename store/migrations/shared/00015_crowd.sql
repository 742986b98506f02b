-- +goose Up
-- What tells people in their own words from copies: the group that a mention folds into (0: kept before this was), and whether it
-- is the first of it (0), a copy (1) or a repost (2).
ALTER TABLE answers ADD COLUMN fold BIGINT NOT NULL DEFAULT 0;
ALTER TABLE answers ADD COLUMN copied SMALLINT NOT NULL DEFAULT 0;

-- What people said an author is to a brand. The author is the hash that answers have.
CREATE TABLE voice_kinds (
	brand_id BIGINT NOT NULL,
	author   BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL, -- who said so
	PRIMARY KEY (brand_id, author)
);
