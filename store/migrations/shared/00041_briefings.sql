-- +goose Up
-- What our own people are told, who read it, what they may share, and what they ask.
CREATE TABLE briefings (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL);
CREATE INDEX briefings_brand ON briefings (brand_id, id);
CREATE INDEX briefings_incident ON briefings (incident_id, id);
CREATE TABLE briefing_readers (briefing_id BIGINT NOT NULL, edition BIGINT NOT NULL, contact_id BIGINT NOT NULL, sent BIGINT NOT NULL, read_at BIGINT NOT NULL,
    reminded BIGINT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (briefing_id, edition, contact_id));
CREATE TABLE briefing_shares (briefing_id BIGINT NOT NULL, share TEXT NOT NULL, opened BIGINT NOT NULL, shared BIGINT NOT NULL, PRIMARY KEY (briefing_id, share));
CREATE TABLE rumours (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL, briefing_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL, answered BIGINT NOT NULL);
CREATE INDEX rumours_briefing ON rumours (briefing_id, id);
CREATE INDEX rumours_incident ON rumours (incident_id, id);
CREATE INDEX rumours_brand ON rumours (brand_id, id);
