-- +goose Up
-- What a desk asks of its people before they do what cannot be undone: one row.
CREATE TABLE house (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
