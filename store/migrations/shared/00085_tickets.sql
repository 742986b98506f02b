-- +goose Up
-- Conversations by the key of the ticket with which customer service has them, as addresses carry it to which they answer.
CREATE TABLE tickets (name TEXT PRIMARY KEY, conversation_id BIGINT NOT NULL);
