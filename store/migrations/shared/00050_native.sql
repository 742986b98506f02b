-- +goose Up
-- native is the id that the network gave a post: two posts with the same words must not both take one live copy for theirs.
ALTER TABLE posts ADD COLUMN native TEXT NOT NULL DEFAULT '';
CREATE INDEX posts_native ON posts (native);
