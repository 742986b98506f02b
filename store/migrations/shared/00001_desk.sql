-- +goose Up
-- What people work with: a row holds the noun as JSON, beside it what rows are found by. Times are microseconds, UTC.
CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE brands (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);

CREATE TABLE monitors (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);

-- The brands of deleted monitors: what they heard stays counted there.
CREATE TABLE past_monitors (id BIGINT PRIMARY KEY, brand_id BIGINT NOT NULL);

CREATE TABLE sources (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
-- Apart from sources, because it changes with every pull. The counters belong to the transaction that keeps mentions.
CREATE TABLE source_states (
	source_id BIGINT PRIMARY KEY,
	cursor    TEXT NOT NULL DEFAULT '',
	health    TEXT NOT NULL DEFAULT '',
	mentions  BIGINT NOT NULL DEFAULT 0,
	rejects   BIGINT NOT NULL DEFAULT 0,
	heard     BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE gaps (
	source_id BIGINT NOT NULL,
	began     BIGINT NOT NULL,
	ended     BIGINT NOT NULL DEFAULT 0, -- 0: still open
	filled    BIGINT NOT NULL DEFAULT 0,
	reason    TEXT NOT NULL,
	PRIMARY KEY (source_id, began)
);

CREATE TABLE ways (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE users (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, email TEXT NOT NULL UNIQUE);
CREATE TABLE tokens (id BIGINT PRIMARY KEY, hash BYTEA NOT NULL UNIQUE, used BIGINT NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE TABLE sessions (
	id BYTEA PRIMARY KEY, user_id BIGINT NOT NULL, seen BIGINT NOT NULL, expires BIGINT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE alerts (
	id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
	brand_id BIGINT NOT NULL, monitor_id BIGINT NOT NULL, source_id BIGINT NOT NULL, incident_id BIGINT NOT NULL,
	live BIGINT NOT NULL
);
CREATE INDEX alerts_live ON alerts (live, id);
CREATE INDEX alerts_monitor ON alerts (monitor_id, id);
CREATE INDEX alerts_incident ON alerts (incident_id, id);

CREATE TABLE incidents (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);

-- The columns are the text that the chain's hashes are made from; nothing is ever changed or removed here.
CREATE TABLE journal (
	seq         BIGINT PRIMARY KEY,
	at          BIGINT NOT NULL,
	who         TEXT NOT NULL,
	name        TEXT NOT NULL,
	act         TEXT NOT NULL,
	thing       TEXT NOT NULL,
	incident_id BIGINT NOT NULL,
	say         TEXT NOT NULL,
	why         TEXT NOT NULL,
	address     TEXT NOT NULL,
	before      TEXT NOT NULL,
	after       TEXT NOT NULL,
	detail      TEXT NOT NULL,
	prev        TEXT NOT NULL,
	hash        TEXT NOT NULL
);
CREATE INDEX journal_incident ON journal (incident_id, seq);
CREATE INDEX journal_thing ON journal (thing, seq);

CREATE TABLE jobs (
	id       BIGINT PRIMARY KEY,
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL, -- unique among the unfinished of its kind, '' none
	payload  TEXT NOT NULL,
	due      BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	problem  TEXT NOT NULL DEFAULT '',
	dead     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_due ON jobs (dead, kind, due);
CREATE UNIQUE INDEX jobs_name ON jobs (kind, name) WHERE name <> '' AND dead = 0;
