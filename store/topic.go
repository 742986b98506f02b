package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

// topicsFor is how long topics that ended are kept.
const topicsFor = 400 * 24 * time.Hour

var (
	insertTopicStates = newBulk("INSERT INTO topic_states (monitor_id, state) VALUES", 2,
		"ON CONFLICT (monitor_id) DO UPDATE SET state = excluded.state")
	insertTopics = newBulk("INSERT INTO topics (id, monitor_id, brand_id, since, last, ended, body) VALUES", 7,
		"ON CONFLICT (id) DO UPDATE SET since = excluded.since, last = excluded.last, ended = excluded.ended, body = excluded.body")
)

// TopicStates hands what was saved of every monitor to take.
func (db *DB) TopicStates(ctx context.Context, take func(desk.TopicState) error) error {
	err := each(db.reader(ctx), func(s scanner) error {
		var one desk.TopicState
		if err := s.Scan(&one.MonitorID, &one.State); err != nil {
			return err
		}
		return take(one)
	}, "SELECT monitor_id, state FROM topic_states")
	if err != nil {
		return fmt.Errorf("read what topics are found from: %w", err)
	}
	return nil
}

// SaveTopics keeps topics, in the place of what was kept of them, and what they are found from, in one transaction.
func (db *DB) SaveTopics(ctx context.Context, states []desk.TopicState, topics []desk.Topic) error {
	err := db.write(ctx, false, func(t *tx) error {
		var rows []any
		for _, s := range states {
			rows = append(rows, s.MonitorID, s.State)
		}
		if err := insertTopicStates.run(t, rows); err != nil {
			return err
		}
		rows = nil
		for i := range topics {
			d := &topics[i]
			brand, err := db.brandOf(t, d.MonitorID)
			if err != nil {
				return err
			}
			body, err := toJSON(d)
			if err != nil {
				return err
			}
			ended := int64(0)
			if !d.Ended.IsZero() {
				ended = d.Ended.Unix()
			}
			rows = append(rows, d.ID, d.MonitorID, brand, d.Since.Unix(), d.Last.Unix(), ended, body)
		}
		if err := insertTopics.run(t, rows); err != nil {
			return err
		}
		return t.exec("DELETE FROM topics WHERE ended > 0 AND ended < ?", time.Now().Add(-topicsFor).Unix())
	})
	if err != nil {
		return fmt.Errorf("save %d topics and %d states: %w", len(topics), len(states), err)
	}
	return nil
}

// Topics gives those that were spoken about in [f.From, f.To), the last spoken about first.
func (db *DB) Topics(ctx context.Context, f desk.TopicFilter) ([]desk.Topic, error) {
	var w where
	if f.ID != 0 {
		w.and("id = ?", f.ID)
	}
	if f.BrandID != 0 {
		w.and("brand_id = ?", f.BrandID)
	}
	among(&w, "monitor_id", f.Monitors)
	if !f.From.IsZero() {
		w.and("last >= ?", f.From.Unix())
	}
	if !f.To.IsZero() {
		w.and("since < ?", f.To.Unix())
	}
	if f.Live {
		w.and("ended = 0")
	}
	scan := func(s scanner) (d desk.Topic, err error) {
		var body string
		if err := s.Scan(&body); err != nil {
			return d, err
		}
		return d, decode(body, &d)
	}
	all, err := selectAll(db.reader(ctx), scan, fmt.Sprintf("SELECT body FROM topics%s ORDER BY last DESC, id LIMIT %d", w.String(), limit(f.Limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read topics: %w", err)
	}
	return all, nil
}
