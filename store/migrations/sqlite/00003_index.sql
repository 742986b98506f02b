-- +goose Up
-- The search index has a file and a writer of its own (store/index.go), which can be made anew from this one.
DROP TABLE search;
-- What the index has to follow: the ids whose tokens changed, eight bytes each, a row a transaction.
CREATE TABLE unindexed (seq INTEGER PRIMARY KEY AUTOINCREMENT, ids BLOB NOT NULL);
-- Tells an index that belongs to this database from others.
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity (id) VALUES (lower(hex(randomblob(16))));
