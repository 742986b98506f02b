-- +goose Up
-- What answers to people are counted by: in which crisis each was given (0: in none), in which drill, by whom it was written (below zero: a
-- program, by its token), and how close it was to the closest one before, in thousandths. The indexes hold all that the counts ask for.
ALTER TABLE posts ADD COLUMN crisis BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN drill BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN writer BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN alike BIGINT NOT NULL DEFAULT 0;
CREATE INDEX posts_given ON posts (crisis, state, alike, due, brand_id) WHERE conversation_id > 0;
CREATE INDEX posts_given_brand ON posts (brand_id, state, due, drill, alike) WHERE conversation_id > 0;
CREATE INDEX posts_copied ON posts (crisis, id) WHERE alike >= 600;
CREATE INDEX posts_copied_brand ON posts (brand_id, id) WHERE alike >= 600;
CREATE INDEX posts_writer ON posts (writer, id) WHERE writer <> 0;
