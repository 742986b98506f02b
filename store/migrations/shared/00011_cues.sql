-- +goose Up
-- What brands add to the program's crisis cues, and what they switch off.
CREATE TABLE cue_lists (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL UNIQUE);
