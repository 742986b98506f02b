-- +goose Up
-- What channels keep about the parts of their posts, and tasks for people in places that no program reaches. Times are microseconds.
CREATE TABLE channel_lines (
	channel_id BIGINT NOT NULL,
	post       TEXT NOT NULL,
	name       TEXT NOT NULL,
	state      TEXT NOT NULL,
	say        TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (channel_id, post, name)
);
CREATE TABLE by_hand (
	id         BIGINT PRIMARY KEY,
	version    BIGINT NOT NULL,
	body       TEXT NOT NULL,
	brand_id   BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	name       TEXT NOT NULL,
	open       BIGINT NOT NULL
);
CREATE UNIQUE INDEX by_hand_name ON by_hand (channel_id, name);
CREATE INDEX by_hand_open ON by_hand (open, brand_id, id);
