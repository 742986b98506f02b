-- +goose Up
-- What people said about the mood of a mention, one word a mention; the text it is about stays with the mention, and what is
-- deleted or rewritten there teaches nobody any more.
CREATE TABLE corrections (
	mention_id BIGINT PRIMARY KEY,
	id         BIGINT NOT NULL UNIQUE, -- counts up with every correction
	at         BIGINT NOT NULL,
	name       TEXT NOT NULL,
	was        BIGINT NOT NULL -- the mood that the desk had read
);
-- How far a brand's stored mentions were read with what its corrections taught.
CREATE TABLE lessons (brand_id BIGINT PRIMARY KEY, body TEXT NOT NULL);

-- Engines outside that read what the desk is unsure of.
CREATE TABLE engines (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
