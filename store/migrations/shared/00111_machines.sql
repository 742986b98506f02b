-- +goose Up
-- How many mails of lists and machines a source had: nobody waits behind them, and nothing is dropped unseen.
ALTER TABLE source_states ADD COLUMN machines BIGINT NOT NULL DEFAULT 0;
