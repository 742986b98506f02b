-- +goose Up
-- What conversations are found by, a row for each message: id is the conversation's id and, in the lower 32 bits, the message's. The store
-- writes the vector itself, of tokens from internal/words.
CREATE TABLE talk_words (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX talk_words_words ON talk_words USING GIN (words) WITH (fastupdate = off);
