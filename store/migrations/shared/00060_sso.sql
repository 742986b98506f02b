-- +goose Up
-- How people come in by an OpenID provider: one row. A person is known there by issuer and subject, never by address.
CREATE TABLE sso (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
ALTER TABLE users ADD COLUMN identity TEXT;
CREATE UNIQUE INDEX users_identity ON users (identity);
