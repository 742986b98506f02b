package store

import (
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// TestTheInboxReadsStretches asks SQLite how it would answer what every look at the inbox asks: from an index in the order of the list,
// never by reading or sorting all rows.
func TestTheInboxReadsStretches(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	plan := func(query string, args ...any) string {
		t.Helper()
		all, err := selectAll(db.reader(t.Context()), func(s scanner) (string, error) {
			var id, parent, unused int64
			var detail string
			err := s.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(all, "\n")
	}
	after := desk.ConversationPlace{At: time.Now(), ID: 7}
	waiting := []string{desk.ConversationWaiting}
	for name, one := range map[string]struct {
		f     desk.ConversationFilter
		index string // one of these
	}{
		"waiting":      {desk.ConversationFilter{Waits: true, Longest: true}, "conversations_since"},
		"their middle": {desk.ConversationFilter{Waits: true, Longest: true, After: after}, "conversations_since"},
		"unassigned":   {desk.ConversationFilter{Unassigned: true, States: waiting, Longest: true}, "conversations_view"},
		"danger":       {desk.ConversationFilter{Danger: true, States: waiting, Longest: true}, "conversations_danger"},
		"voices":       {desk.ConversationFilter{Voice: true, States: waiting, Longest: true}, "conversations_voice"},
		"done":         {desk.ConversationFilter{States: []string{desk.ConversationAnswered, desk.ConversationLeft, desk.ConversationDone}}, "conversations_touched"},
		"all":          {desk.ConversationFilter{After: after}, "conversations_touched"},
		"words":        {desk.ConversationFilter{Text: "kettle", Waits: true, Longest: true}, "conversations_since"},
		"network":      {desk.ConversationFilter{Network: "x", Waits: true, Longest: true}, "conversations_since"},
	} {
		one.f.BrandID = 1
		w, tail := db.conversationList(&one.f)
		if p := plan("SELECT id, body FROM conversations"+w.String()+tail, w.args...); !strings.Contains(p, one.index) || strings.Contains(p, "USE TEMP B-TREE FOR ORDER BY") || strings.Contains(p, "SCAN conversations\n") {
			t.Errorf("%s:\n%s", name, p)
		}
	}
	history := desk.ConversationFilter{BrandID: 1, Network: "x", Person: "eva"}
	w, tail := db.conversationList(&history)
	if p := plan("SELECT id, body FROM conversations"+w.String()+tail, w.args...); !strings.Contains(p, "conversations_person") {
		t.Errorf("history:\n%s", p)
	}
	query, args := countsQuery(1, 2, time.Now())
	for line := range strings.Lines(plan(query, args...)) {
		if strings.Contains(line, "conversations") && !strings.Contains(line, "COVERING INDEX") {
			t.Errorf("counts read rows: %s", line)
		}
	}
	query, args = answersQuery(1, 0, time.Now(), 50)
	if p := plan(query, args...); !strings.HasPrefix(p, "SCAN m USING INDEX messages_out") || strings.Contains(p, "TEMP B-TREE") {
		t.Errorf("the last answers:\n%s", p)
	}
}
