-- +goose Up
-- What there is for the press: of a brand (centre_id 0), and of pages of its crisis centre.
CREATE TABLE presses (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, centre_id BIGINT NOT NULL, UNIQUE (brand_id, centre_id));
