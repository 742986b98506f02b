-- +goose Up
-- What brands add to the checks before publishing.
CREATE TABLE guards (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL UNIQUE);
