-- +goose Up
-- What is known beforehand to bring mentions.
CREATE TABLE occasions (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, began BIGINT NOT NULL, ended BIGINT NOT NULL);
CREATE INDEX occasions_brand ON occasions (brand_id, ended);
