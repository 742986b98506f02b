-- +goose Up
-- People who asked for the updates of the crisis centre by mail, and what became of each update for each of them. mailbox is a keyed hash
-- of the address, which itself is sealed. Times are microseconds.
CREATE TABLE subscribers (
	id        BIGINT PRIMARY KEY,
	brand_id  BIGINT NOT NULL,
	mailbox   TEXT NOT NULL,
	address   TEXT NOT NULL,
	lang      TEXT NOT NULL,
	state     TEXT NOT NULL,
	made      BIGINT NOT NULL,
	asked     BIGINT NOT NULL,
	asks      BIGINT NOT NULL,
	asked_day BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	settled   BIGINT NOT NULL,
	bounces   BIGINT NOT NULL,
	origin    TEXT NOT NULL,
	UNIQUE (brand_id, mailbox)
);
CREATE INDEX subscribers_state ON subscribers (brand_id, state, id);
CREATE TABLE subscriptions (
	subscriber_id BIGINT NOT NULL,
	centre_id     BIGINT NOT NULL,
	PRIMARY KEY (subscriber_id, centre_id)
);
CREATE TABLE mailings (
	id       BIGINT PRIMARY KEY,
	version  BIGINT NOT NULL,
	body     TEXT NOT NULL,
	brand_id BIGINT NOT NULL,
	centre_id BIGINT NOT NULL,
	name     TEXT NOT NULL UNIQUE,
	open     BIGINT NOT NULL,
	due      BIGINT NOT NULL DEFAULT 0,
	epoch    BIGINT NOT NULL DEFAULT 0,
	lease    BIGINT NOT NULL DEFAULT 0,
	reached  BIGINT NOT NULL DEFAULT 0,
	filled   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mailings_open ON mailings (open, due);
CREATE INDEX mailings_brand ON mailings (brand_id, id);
CREATE TABLE mailing_deliveries (
	mailing_id    BIGINT NOT NULL,
	subscriber_id BIGINT NOT NULL,
	state         TEXT NOT NULL,
	due           BIGINT NOT NULL,
	tries         BIGINT NOT NULL,
	code          BIGINT NOT NULL,
	fresh         BIGINT NOT NULL, -- of a correction: 1, they had not got what it corrects
	PRIMARY KEY (mailing_id, subscriber_id)
);
CREATE INDEX mailing_deliveries_state ON mailing_deliveries (mailing_id, state, due, subscriber_id);
