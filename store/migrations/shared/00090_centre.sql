-- +goose Up
-- Pages of the public crisis centre. statement_id is the statement that a page's own words were last sent to be signed with.
CREATE TABLE centres (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, incident_id BIGINT NOT NULL,
    statement_id BIGINT NOT NULL, slug TEXT NOT NULL, UNIQUE (brand_id, slug));
CREATE INDEX centres_incident ON centres (incident_id, id);
CREATE INDEX centres_statement ON centres (statement_id, id);
