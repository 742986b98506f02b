-- +goose Up
-- What staff confirm to have read, the committee's meetings, and the addresses that open their calendars.
CREATE TABLE policies (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE INDEX policies_brand ON policies (brand_id, id);
CREATE TABLE policy_reads (policy_id BIGINT NOT NULL, edition BIGINT NOT NULL, user_id BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (policy_id, edition, user_id));
CREATE TABLE meetings (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE INDEX meetings_brand ON meetings (brand_id, id);
CREATE TABLE calendar_keys (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE UNIQUE INDEX calendar_keys_brand ON calendar_keys (brand_id);
CREATE UNIQUE INDEX calendar_keys_hash ON calendar_keys (hash);
