-- +goose Up
-- Answers from before 00102 are counted like those since: in the crisis in which they were given, in their drill, by whom they were written,
-- and as copies. Who wrote and how close it was is with the message that the conversation has of each. The body gets what the columns get,
-- so that the next change of the post keeps it. Quotes within a text are escaped, so these patterns find fields alone.
UPDATE posts SET
	crisis = incident_id,
	drill = COALESCE(CAST(substring(body FROM '"drill_id":"([0-9]+)"') AS BIGINT), 0),
	writer = COALESCE((SELECT COALESCE(CAST(substring(m.body FROM '"handle":"user:([0-9]+)"') AS BIGINT), -CAST(substring(m.body FROM '"handle":"token:([0-9]+)"') AS BIGINT))
		FROM messages m WHERE m.post_id = posts.id AND m.post_id <> 0 AND m.kind = 'out' ORDER BY m.id LIMIT 1), 0),
	alike = COALESCE((SELECT CAST(ROUND(CAST(substring(m.body FROM '"alike":([0-9.eE+-]+)') AS NUMERIC) * 1000) AS BIGINT)
		FROM messages m WHERE m.post_id = posts.id AND m.post_id <> 0 AND m.kind = 'out' ORDER BY m.id LIMIT 1), 0)
WHERE conversation_id > 0 AND body NOT LIKE '%"writer":"%';
UPDATE posts SET body = REPLACE(body, '"answer":{"conversation_id":',
	'"answer":{"incident_id":"' || crisis || '","writer":"' || writer || '","alike":' || (alike / 1000.0) || ',"conversation_id":')
WHERE conversation_id > 0 AND body NOT LIKE '%"writer":"%';
