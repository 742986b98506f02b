-- +goose Up
-- Who is on call, whom a matter is brought to, and what was sent to them.
CREATE TABLE schedules (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE TABLE escalation_policies (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE TABLE escalations (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, about TEXT NOT NULL UNIQUE, state TEXT NOT NULL);
CREATE INDEX escalations_state ON escalations (state, id);
CREATE TABLE reaches (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, user_id BIGINT NOT NULL UNIQUE);
-- Calls wait here until they are put into letters; name is never used twice.
CREATE TABLE calls (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, escalation_id BIGINT NOT NULL, level BIGINT NOT NULL, name TEXT NOT NULL UNIQUE, made BIGINT NOT NULL, due BIGINT NOT NULL);
CREATE INDEX calls_due ON calls (user_id, due);
-- line is the way's id, or minus the person's: letters of one line go out one after another.
CREATE TABLE letters (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, user_id BIGINT NOT NULL, line BIGINT NOT NULL, state TEXT NOT NULL,
	due BIGINT NOT NULL DEFAULT 0, wait BIGINT NOT NULL DEFAULT 0, leased BIGINT NOT NULL DEFAULT 0);
CREATE INDEX letters_line ON letters (state, line, id);
CREATE INDEX letters_user ON letters (user_id, id);
-- wait is how long a job was to wait in microseconds, whatever the clock is set to; 0: until a time of day.
ALTER TABLE jobs ADD COLUMN wait BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN leased BIGINT NOT NULL DEFAULT 0;
