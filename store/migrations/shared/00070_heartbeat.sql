-- +goose Up
-- Where the desk says outside that it is alive.
CREATE TABLE heartbeat (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
