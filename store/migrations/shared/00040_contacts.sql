-- +goose Up
-- Who can be reached in a crisis, and how.
CREATE TABLE contacts (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, sorted TEXT NOT NULL, found TEXT NOT NULL,
    kind TEXT NOT NULL, department TEXT NOT NULL, user_id BIGINT NOT NULL, since BIGINT NOT NULL, asked BIGINT NOT NULL, asks BIGINT NOT NULL, mail BIGINT NOT NULL,
    troubled BIGINT NOT NULL, pending BIGINT NOT NULL);
CREATE INDEX contacts_sorted ON contacts (sorted, id);
CREATE INDEX contacts_since ON contacts (since);
CREATE INDEX contacts_department ON contacts (department);
CREATE INDEX contacts_user ON contacts (user_id);
CREATE TABLE contact_rules (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL);
