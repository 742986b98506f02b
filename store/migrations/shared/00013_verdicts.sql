-- +goose Up
-- What detection knows about each monitor after the buckets before at (seconds): kept 0 is the newest, 1 are those from which
-- later buckets can be replayed.
CREATE TABLE learned (
	monitor_id BIGINT NOT NULL,
	kept       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	state      BYTEA NOT NULL,
	PRIMARY KEY (monitor_id, kept, at)
);
-- What detectors made of each closed bucket that was not empty, with what they heard; at is the bucket's beginning in seconds.
CREATE TABLE verdicts (
	monitor_id BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	body       TEXT NOT NULL,
	PRIMARY KEY (monitor_id, at)
);
ALTER TABLE arrivals ADD COLUMN late_negative BIGINT NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN late_copies BIGINT NOT NULL DEFAULT 0;
