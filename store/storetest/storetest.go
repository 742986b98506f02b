// Package storetest says what any database of the desk must do. Change behaviour here first.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// Bed is a store on an empty database, with a way to look under it.
type Bed struct {
	*store.DB
	Raw *sql.DB // the same database, for what the store has no method for
}

// Open gives a store on an empty database, and closes it with the test.
type Open func(t *testing.T) Bed

// Run runs every rule on the stores that open gives.
func Run(t *testing.T, open Open) {
	all := map[string]func(*testing.T, Bed){}
	for _, group := range []map[string]func(*testing.T, Bed){
		planTests, leavingTests,
		mentionTests, searchTests, rollupTests, nounTests, sourceTests, journalTests, accessTests, verdictTests, lessonTests, topicTests, crowdTests, cueTests, channelTests, wordTests, guardTests, factTests,
		pressTests,
		sendingTests, oncallTests,
		claimTests, lockerTests,
		contactTests, briefingTests, centreTests, subscriberTests,
		conversationTests, inboxTests, letterTests, changedTests, foundTests, ruleTests, givenTests,
	} {
		maps.Copy(all, group)
	}
	for name, f := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t))
		})
	}
}

// act is somebody doing something.
func act(do string) desk.Act {
	return desk.Act{Who: "user:1", Name: "Ana", Do: do, Why: "because", From: "127.0.0.1"}
}

// must ends the test at an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// noon is the day that tests happen on.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// said is a mention as a source hands it over.
func said(id string, at time.Time, text string, monitors ...int64) desk.Mention {
	return desk.Mention{
		Ref: desk.Ref{Network: "mastodon", NativeID: id}, SourceID: 1, Kind: desk.KindPost, Text: text,
		URL:       "https://social.example/" + id,
		Author:    desk.Author{NativeID: "a-" + id, Handle: "Ana." + id, Name: "Ana", Followers: 120},
		Published: at, Arrived: at.Add(2 * time.Second), Lang: "en", Confidence: 0.5, Monitors: monitors,
	}
}

// keep appends one batch.
func keep(t testing.TB, db *store.DB, b desk.Batch) desk.Stored {
	t.Helper()
	if b.SourceID == 0 {
		b.SourceID = 1
	}
	return must(db.Append(context.Background(), []desk.Batch{b}))(t)[0]
}

func appendAll(t testing.TB, db *store.DB, ms ...desk.Mention) desk.Stored {
	t.Helper()
	return keep(t, db, desk.Batch{Mentions: ms})
}

// find is the mention with a native id on the tests' network.
func find(t testing.TB, db *store.DB, id string) desk.Mention {
	t.Helper()
	return must(db.MentionByRef(context.Background(), desk.Ref{Network: "mastodon", NativeID: id}))(t)
}

// brandWith makes a brand with n monitors.
func brandWith(t testing.TB, db *store.DB, n int) (desk.Brand, []int64) {
	t.Helper()
	ctx := context.Background()
	b := must(db.ChangeBrand(ctx, 0, act("brand.save"), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone = "Acme", "UTC"
		out.Say = desk.Say("{name} was added.", "name", b.Name)
		return nil
	}))(t)
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = must(db.ChangeMonitor(ctx, 0, act("monitor.save"), func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, m.Name, m.Query = b.ID, fmt.Sprint("Monitor ", i), "acme"
			out.Say = desk.Say("{name} was added.", "name", m.Name)
			return nil
		}))(t).ID
	}
	return b, ids
}

// rawText reads the only column of a query.
func rawText(t testing.TB, db Bed, query string) (all []string, err error) {
	rows, err := db.Raw.QueryContext(t.Context(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
