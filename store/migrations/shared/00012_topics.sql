-- +goose Up
-- What topics of a monitor are found from: counts of words as bytes.
CREATE TABLE topic_states (monitor_id BIGINT PRIMARY KEY, state BYTEA NOT NULL);
-- Topics that lived and live. Times are seconds; ended 0: it lives.
CREATE TABLE topics (
	id         BIGINT PRIMARY KEY,
	monitor_id BIGINT NOT NULL,
	brand_id   BIGINT NOT NULL,
	since      BIGINT NOT NULL,
	last       BIGINT NOT NULL,
	ended      BIGINT NOT NULL,
	body       TEXT NOT NULL
);
CREATE INDEX topics_monitor ON topics (monitor_id, last);
CREATE INDEX topics_brand ON topics (brand_id, last);
