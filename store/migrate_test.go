package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/store"
)

// Answers that were given before they were counted are counted after an upgrade: in their crisis, in their drill, by whom, and as copies.
func TestAnswersFromBeforeTheyWereCounted(t *testing.T) {
	t.Parallel()
	counted := func(t *testing.T, c store.Config, driver, dsn, engine string) {
		ctx := context.Background()
		b := bed(t, c, driver, dsn)
		act, say := desk.Act{Who: "desk", Do: "x"}, desk.Out{Say: desk.Say("x")}
		answers := []desk.Post{
			{IncidentID: 3, Answer: &desk.Answering{ConversationID: 7, IncidentID: 3, Writer: 5, Alike: 0.83}, Text: `He said "writer" is "drill_id":"9".`},
			{IncidentID: 4, DrillID: 2, Answer: &desk.Answering{ConversationID: 7, IncidentID: 4, Writer: -6, Alike: 0.6}},
			{Answer: &desk.Answering{ConversationID: 7, Writer: 5}},
		}
		err := b.Sending(ctx, func(l desk.Sending) error {
			for i := range answers {
				p := &answers[i]
				p.BrandID, p.Key, p.State, p.Due, p.NativeID = 1, fmt.Sprint("to", i), desk.PostSent, time.Now(), fmt.Sprint("native", i)
				if err := l.KeepPost(p, act, say); err != nil {
					return err
				}
				who := fmt.Sprint("user:", p.Answer.Writer)
				if p.Answer.Writer < 0 {
					who = fmt.Sprint("token:", -p.Answer.Writer)
				}
				if err := l.KeepMessage(&desk.Message{ConversationID: 7, Kind: desk.MessageOut, PostID: p.ID, Text: p.Text, Alike: p.Answer.Alike, Author: desk.Author{Handle: who}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		do := func(query string) {
			t.Helper()
			if _, err := b.Raw.ExecContext(ctx, query); err != nil {
				t.Fatal(err)
			}
		}
		since := regexp.MustCompile(`,"incident_id":"\d+","writer":"-?\d+"(,"alike":[\d.]+)?\}`)
		for _, p := range answers {
			var body string
			if err := b.Raw.QueryRowContext(ctx, fmt.Sprint("SELECT body FROM posts WHERE id = ", p.ID)).Scan(&body); err != nil {
				t.Fatal(err)
			}
			before := since.ReplaceAllString(body, "}")
			if before == body {
				t.Fatalf("what came later is not in %s", body)
			}
			do(fmt.Sprintf("UPDATE posts SET crisis = 0, drill = 0, writer = 0, alike = 0, body = '%s' WHERE id = %d", before, p.ID))
		}
		count := func(f desk.AnswerFilter) desk.AnswerCounts {
			t.Helper()
			n, err := b.CountAnswers(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count(desk.AnswerFilter{BrandID: 1}); n.Copied != 0 || n.Answers != 3 {
			t.Fatalf("before: %+v", n)
		}
		up, err := os.ReadFile(filepath.Join("migrations", engine, "00112_answers_before.sql"))
		if err != nil {
			t.Fatal(err)
		}
		do(string(up))
		do(string(up)) // what it filled it leaves alone
		for i := range answers {
			want := answers[i]
			now, err := b.ChangePost(ctx, want.ID, act, func(p *desk.Post, out *desk.Out) error { p.Looks, out.Say = 1, say.Say; return nil })
			if a, is := want.Answer, now.Answer; err != nil || is.IncidentID != a.IncidentID || is.Writer != a.Writer || is.Alike != a.Alike || is.ConversationID != 7 || now.Text != want.Text {
				t.Errorf("it is %+v, %v; was %+v", now.Answer, err, want.Answer)
			}
		}
		for f, want := range map[int64]desk.AnswerCounts{0: {Answers: 2, Copied: 1}, 3: {Answers: 1, Copied: 1}, 4: {Answers: 1, Copied: 1}} {
			if n := count(desk.AnswerFilter{BrandID: 1, IncidentID: f}); n != want {
				t.Errorf("in crisis %d: %+v, want %+v", f, n, want)
			}
		}
		for writer, want := range map[int64]int{5: 2, -6: 1} {
			if by, err := b.AnswersBy(ctx, writer, 10); err != nil || len(by) != want {
				t.Errorf("of %d: %d, %v", writer, len(by), err)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		counted(t, store.Config{Path: dir}, "sqlite", filepath.Join(dir, store.File), "sqlite")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn := needs.Postgres(t)
		counted(t, store.Config{DSN: dsn}, "pgx", dsn, "postgres")
	})
}
