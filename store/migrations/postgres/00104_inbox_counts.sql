-- +goose Up
-- What every page of the console shows of the inbox: how many conversations of a brand count as what, number being the person whose they
-- are or the hour in which their answer is due. The view says what a conversation counts as. Triggers keep the table in step with it, and
-- not the store: a desk of the version before may write to the same database.
-- Nobody writes between the count and the triggers.
LOCK TABLE conversations IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE conversation_counts (brand_id BIGINT NOT NULL, what TEXT NOT NULL, number BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (brand_id, what, number));
CREATE VIEW conversation_counted AS
	SELECT id, brand_id, 'waiting' AS what, 0 AS number FROM conversations WHERE since > 0
	UNION ALL SELECT id, brand_id, 'mine', assignee FROM conversations WHERE since > 0 AND assignee <> 0 AND state IN ('waiting', 'signing', 'sending', 'handed')
	UNION ALL SELECT id, brand_id, 'unassigned', 0 FROM conversations WHERE since > 0 AND assignee = 0 AND state = 'waiting'
	UNION ALL SELECT id, brand_id, 'danger', 0 FROM conversations WHERE since > 0 AND danger = 1 AND state = 'waiting'
	UNION ALL SELECT id, brand_id, 'voice', 0 FROM conversations WHERE since > 0 AND voice = 1 AND state = 'waiting'
	UNION ALL SELECT id, brand_id, state, 0 FROM conversations WHERE state IN ('signing', 'snoozed', 'handed')
	UNION ALL SELECT id, brand_id, 'due', due / 3600000000 FROM conversations WHERE since > 0 AND due > 0;
INSERT INTO conversation_counts SELECT brand_id, what, number, COUNT(*) FROM conversation_counted GROUP BY brand_id, what, number;
-- +goose StatementBegin
CREATE FUNCTION count_conversation() RETURNS TRIGGER AS $$
BEGIN
	IF TG_WHEN = 'AFTER' THEN
		INSERT INTO conversation_counts SELECT brand_id, what, number, 1 FROM conversation_counted WHERE id = NEW.id
			ON CONFLICT (brand_id, what, number) DO UPDATE SET n = conversation_counts.n + excluded.n;
		RETURN NULL;
	END IF;
	INSERT INTO conversation_counts SELECT brand_id, what, number, -1 FROM conversation_counted WHERE id = OLD.id
		ON CONFLICT (brand_id, what, number) DO UPDATE SET n = conversation_counts.n + excluded.n;
	DELETE FROM conversation_counts WHERE brand_id = OLD.brand_id AND what = 'due' AND number = OLD.due / 3600000000 AND n = 0;
	IF TG_OP = 'DELETE' THEN
		RETURN OLD;
	END IF;
	RETURN NEW;
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER conversations_counted_no_more BEFORE UPDATE OF brand_id, state, assignee, since, due, danger, voice ON conversations FOR EACH ROW
	WHEN ((OLD.brand_id, OLD.state, OLD.assignee, OLD.since, OLD.due, OLD.danger, OLD.voice) <> (NEW.brand_id, NEW.state, NEW.assignee, NEW.since, NEW.due, NEW.danger, NEW.voice))
	EXECUTE FUNCTION count_conversation();
CREATE TRIGGER conversations_counted_again AFTER UPDATE OF brand_id, state, assignee, since, due, danger, voice ON conversations FOR EACH ROW
	WHEN ((OLD.brand_id, OLD.state, OLD.assignee, OLD.since, OLD.due, OLD.danger, OLD.voice) <> (NEW.brand_id, NEW.state, NEW.assignee, NEW.since, NEW.due, NEW.danger, NEW.voice))
	EXECUTE FUNCTION count_conversation();
CREATE TRIGGER conversations_counted AFTER INSERT ON conversations FOR EACH ROW
	EXECUTE FUNCTION count_conversation();
CREATE TRIGGER conversations_counted_never BEFORE DELETE ON conversations FOR EACH ROW
	EXECUTE FUNCTION count_conversation();
