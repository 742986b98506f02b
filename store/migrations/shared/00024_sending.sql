-- +goose Up
-- look is when the desk does the next thing with a post: send it, ask the network about it, read its live copy. 0 is never.
ALTER TABLE posts ADD COLUMN look BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN hold_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
CREATE INDEX posts_look ON posts (state, look);
CREATE INDEX posts_hold ON posts (hold_id);
CREATE INDEX posts_channel ON posts (channel_id, state);
