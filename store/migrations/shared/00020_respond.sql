-- +goose Up
-- Plans, channels, statements, posts, holds and facts: what the people half decides and sends. Times are microseconds.
CREATE TABLE plans (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, edition BIGINT NOT NULL);
CREATE UNIQUE INDEX plans_edition ON plans (brand_id, edition);
CREATE TABLE channels (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE INDEX channels_brand ON channels (brand_id);
CREATE TABLE statements (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX statements_brand ON statements (brand_id, id);
CREATE INDEX statements_incident ON statements (incident_id, id);
CREATE TABLE posts (
	id           BIGINT PRIMARY KEY,
	version      BIGINT NOT NULL,
	body         TEXT NOT NULL,
	brand_id     BIGINT NOT NULL,
	channel_id   BIGINT NOT NULL,
	statement_id BIGINT NOT NULL,
	incident_id  BIGINT NOT NULL,
	state        TEXT NOT NULL,
	due          BIGINT NOT NULL,
	name         TEXT NOT NULL
);
CREATE UNIQUE INDEX posts_name ON posts (name);
CREATE INDEX posts_due ON posts (state, due);
CREATE INDEX posts_brand ON posts (brand_id, due);
CREATE INDEX posts_statement ON posts (statement_id);
CREATE INDEX posts_incident ON posts (incident_id);
CREATE TABLE holds (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, live BIGINT NOT NULL);
CREATE INDEX holds_live ON holds (live, id);
CREATE TABLE facts (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, incident_id BIGINT NOT NULL, number BIGINT NOT NULL);
CREATE UNIQUE INDEX facts_number ON facts (incident_id, number);
-- Bytes of media and evidence, once each, under their SHA-256.
CREATE TABLE blobs (hash TEXT PRIMARY KEY, size BIGINT NOT NULL, kept BIGINT NOT NULL, body BYTEA NOT NULL);
