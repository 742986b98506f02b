-- +goose Up
-- When a mail to a subscriber that came back was last counted, in microseconds.
ALTER TABLE subscribers ADD COLUMN bounced BIGINT NOT NULL DEFAULT 0;
