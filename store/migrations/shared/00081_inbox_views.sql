-- +goose Up
-- What the inbox's views and their counts are read from. Every view is a stretch of an index, in the view's order, and its count the
-- length of that stretch: nothing has to be kept in step.
DROP INDEX conversations_thread;
CREATE INDEX conversations_person ON conversations (brand_id, thread, id);
DROP INDEX conversations_state;
CREATE INDEX conversations_view ON conversations (brand_id, state, assignee, since, id);
CREATE INDEX conversations_danger ON conversations (brand_id, state, since, id) WHERE danger = 1;
CREATE INDEX conversations_voice ON conversations (brand_id, state, since, id) WHERE voice = 1;
CREATE INDEX conversations_late ON conversations (brand_id, due, since) WHERE since > 0;
-- The last columns of these two are filtered by without looking at the rows.
DROP INDEX conversations_since;
CREATE INDEX conversations_since ON conversations (brand_id, since, id, thread, incident_id);
DROP INDEX conversations_touched;
CREATE INDEX conversations_touched ON conversations (brand_id, touched, id, state, thread);
CREATE INDEX messages_out ON messages (id) WHERE kind = 'out';
