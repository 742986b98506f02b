-- +goose Up
-- Conversations with the people who wrote, what was said in them, and how brands answer. Times are microseconds.
CREATE TABLE conversations (
	id          BIGINT PRIMARY KEY,
	version     BIGINT NOT NULL,
	body        TEXT NOT NULL,
	brand_id    BIGINT NOT NULL,
	incident_id BIGINT NOT NULL,
	state       TEXT NOT NULL,
	assignee    BIGINT NOT NULL,
	thread      TEXT NOT NULL,
	since       BIGINT NOT NULL,
	due         BIGINT NOT NULL,
	touched     BIGINT NOT NULL,
	until       BIGINT NOT NULL,
	danger      BIGINT NOT NULL,
	voice       BIGINT NOT NULL,
	who         TEXT NOT NULL
);
CREATE INDEX conversations_thread ON conversations (thread, id);
CREATE INDEX conversations_since ON conversations (brand_id, since, id);
CREATE INDEX conversations_touched ON conversations (brand_id, touched, id);
CREATE INDEX conversations_state ON conversations (brand_id, state, since, id);
CREATE INDEX conversations_assignee ON conversations (assignee, state, since, id);
CREATE INDEX conversations_incident ON conversations (incident_id, id);
CREATE INDEX conversations_until ON conversations (state, until);
-- name is what the network calls a message; empty for ours and for notes. words are its words in small letters, for searches.
CREATE TABLE messages (id BIGINT PRIMARY KEY, conversation_id BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL, name TEXT NOT NULL, post_id BIGINT NOT NULL,
	words TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX messages_conversation ON messages (conversation_id, id);
CREATE UNIQUE INDEX messages_name ON messages (name) WHERE name <> '';
CREATE INDEX messages_post ON messages (post_id) WHERE post_id <> 0;
CREATE TABLE conversation_tags (brand_id BIGINT NOT NULL, tag TEXT NOT NULL, conversation_id BIGINT NOT NULL, PRIMARY KEY (brand_id, tag, conversation_id));
CREATE INDEX conversation_tags_of ON conversation_tags (conversation_id);
CREATE TABLE drafts (conversation_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL, until BIGINT NOT NULL);
CREATE TABLE reply_policies (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, brand_id BIGINT NOT NULL);
CREATE UNIQUE INDEX reply_policies_brand ON reply_policies (brand_id);
-- Statements and posts that answer one person.
ALTER TABLE statements ADD COLUMN conversation_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN conversation_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX posts_conversation ON posts (conversation_id, id);
CREATE INDEX statements_public ON statements (brand_id, conversation_id, id);
