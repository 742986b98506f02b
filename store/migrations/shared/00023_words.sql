-- +goose Up
-- What statements said in each version, promises with their time, sheets about our own posts, and what people looked at last.
-- Times are microseconds.
CREATE TABLE statement_versions (
	statement_id BIGINT NOT NULL,
	number       BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	words        TEXT NOT NULL,
	body         TEXT NOT NULL,
	PRIMARY KEY (statement_id, number)
);
CREATE TABLE promises (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL, state TEXT NOT NULL, due BIGINT NOT NULL);
CREATE INDEX promises_brand ON promises (brand_id, state, due);
CREATE INDEX promises_incident ON promises (incident_id, state, due);
CREATE TABLE removals (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL);
CREATE INDEX removals_brand ON removals (brand_id, id);
CREATE TABLE looks (user_id BIGINT NOT NULL, thing TEXT NOT NULL, before BIGINT NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (user_id, thing));
