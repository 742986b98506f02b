-- +goose Up
-- Claims with the mentions that make them, kept evidence, and how an incident is classified.
CREATE TABLE claims (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, incident_id BIGINT NOT NULL, number BIGINT NOT NULL);
CREATE UNIQUE INDEX claims_number ON claims (incident_id, number);
-- What people said about whether a mention makes a claim: 1 it does, 0 it does not. fold is the group that the mention belongs to.
CREATE TABLE claim_mentions (
	claim_id   BIGINT NOT NULL,
	mention_id BIGINT NOT NULL,
	fold       BIGINT NOT NULL,
	makes      BIGINT NOT NULL,
	who        TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (claim_id, mention_id)
);
CREATE INDEX claim_mentions_mention ON claim_mentions (mention_id);
CREATE TABLE exhibits (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, incident_id BIGINT NOT NULL, number BIGINT NOT NULL, until BIGINT NOT NULL);
CREATE UNIQUE INDEX exhibits_number ON exhibits (incident_id, number);
CREATE INDEX exhibits_until ON exhibits (until);
-- Which exhibit needs which bytes: they go when no exhibit and no text needs them any more.
CREATE TABLE exhibit_blobs (exhibit_id BIGINT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (exhibit_id, hash));
CREATE INDEX exhibit_blobs_hash ON exhibit_blobs (hash);
CREATE TABLE appraisals (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, incident_id BIGINT NOT NULL);
CREATE UNIQUE INDEX appraisals_incident ON appraisals (incident_id);
