-- +goose Up
-- Where the crisis centre is copied to and how its letters go out, and which files a copy has by now.
CREATE TABLE carriers (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL, kind TEXT NOT NULL);
CREATE INDEX carriers_brand ON carriers (brand_id, kind, id);
CREATE TABLE carrier_files (carrier_id BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (carrier_id, name));
