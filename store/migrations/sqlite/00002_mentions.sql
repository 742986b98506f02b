-- +goose Up
CREATE TABLE mentions (
	id      INTEGER PRIMARY KEY, -- by time, see mentionID
	reach   BIGINT NOT NULL,     -- the author's followers, 0 when not known
	deleted BIGINT NOT NULL,
	body    TEXT NOT NULL        -- the mention as JSON
);
-- Every mention ever kept, also those that retention has removed since: so nothing counts twice.
CREATE TABLE seen (key BYTEA PRIMARY KEY, id BIGINT NOT NULL) WITHOUT ROWID;
-- How many fold into the first of their kind, that one not counted.
CREATE TABLE folds (fold INTEGER PRIMARY KEY, copies BIGINT NOT NULL);

-- A scope is a monitor's id, or a brand's id below zero (0: what answers no brand). answers holds a mention once in each of
-- its scopes, with what voices and people are counted from.
CREATE TABLE answers (
	scope      BIGINT NOT NULL,
	mention_id BIGINT NOT NULL,
	network    TEXT NOT NULL,
	author     BIGINT NOT NULL, -- a hash of network and author, 0 when deleted
	reach      BIGINT NOT NULL,
	reposts    BIGINT NOT NULL,
	sentiment  BIGINT NOT NULL, -- thousandths
	PRIMARY KEY (scope, mention_id)
) WITHOUT ROWID;

-- span and start are seconds: 60 and 3600, and the Unix time that the span begins at.
CREATE TABLE rollups (
	scope    BIGINT NOT NULL,
	span     BIGINT NOT NULL,
	start    BIGINT NOT NULL,
	network  TEXT NOT NULL,
	lang     TEXT NOT NULL,
	n        BIGINT NOT NULL,
	negative BIGINT NOT NULL,
	positive BIGINT NOT NULL,
	copies   BIGINT NOT NULL,
	reach    BIGINT NOT NULL,
	PRIMARY KEY (scope, span, start, network, lang)
) WITHOUT ROWID;
CREATE TABLE arrivals (
	scope    BIGINT NOT NULL,
	span     BIGINT NOT NULL,
	start    BIGINT NOT NULL,
	n        BIGINT NOT NULL,
	negative BIGINT NOT NULL,
	positive BIGINT NOT NULL,
	copies   BIGINT NOT NULL,
	late     BIGINT NOT NULL,
	reach    BIGINT NOT NULL,
	PRIMARY KEY (scope, span, start)
) WITHOUT ROWID;

-- The tokens come from internal/words, separated by spaces, and facets (network, language, monitor …) as tokens that begin
-- with a character of the private use area. The ascii tokenizer only has to split them.
CREATE VIRTUAL TABLE search USING fts5 (words, content='', contentless_delete=1, tokenize='ascii');
-- Fewer, larger merges: with the defaults (4, 16, 1 MB) half of the time of an insert went into merging; a question to
-- the index now meets up to some fifty segments instead of some fifteen, which costs it less than a millisecond.
INSERT INTO search (search, rank) VALUES ('automerge', 64);
INSERT INTO search (search, rank) VALUES ('crisismerge', 128);
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);
