-- +goose Up
-- What conversations are found by, a row for each message: its rowid is the conversation's id and, in the lower 32 bits, the message's.
-- The tokens come from internal/words, separated by spaces; the ascii tokenizer only has to split them.
CREATE VIRTUAL TABLE talk_words USING fts5 (words, content='', contentless_delete=1, tokenize='ascii');
