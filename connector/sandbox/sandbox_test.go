package sandbox

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

func open(t *testing.T, n *Network) source.Source {
	t.Helper()
	s, err := n.Kind().Source(nil, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pull(t *testing.T, s source.Source, cursor string) desk.Batch {
	t.Helper()
	b, err := s.Pull(t.Context(), cursor)
	if err != nil {
		t.Fatalf("pull after %q: %v", cursor, err)
	}
	return b
}

func post(id string) desk.Mention {
	return desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: id}}
}

func TestEverySourceReadsFromItsCursor(t *testing.T) {
	t.Parallel()
	n := New()
	for range page + 10 {
		n.Post(post("a"))
	}
	s := open(t, n)
	first := pull(t, s, "")
	second := pull(t, s, first.Cursor)
	if len(first.Mentions) != page || len(second.Mentions) != 10 {
		t.Errorf("two pulls gave %d and %d, want %d and 10", len(first.Mentions), len(second.Mentions), page)
	}
	if again := pull(t, open(t, n), first.Cursor); len(again.Mentions) != 10 || again.Cursor != second.Cursor {
		t.Errorf("the same cursor gave %d and %q, want 10 and %q", len(again.Mentions), again.Cursor, second.Cursor)
	}
	gone := post("a")
	gone.Deleted = time.Now()
	n.Post(gone)
	if b := pull(t, s, second.Cursor); len(b.Mentions) != 0 || len(b.Gone) != 1 || b.Gone[0] != gone.Ref {
		t.Errorf("a deletion came as %+v", b)
	}
}

func TestAPullWaitsForNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := New()
		s := open(t, n)
		b := pull(t, s, "")
		if len(b.Mentions) != 0 {
			t.Fatalf("an empty network gave %v", b)
		}
		time.AfterFunc(time.Second, func() { n.Post(post("a")) })
		asked := time.Now()
		if b = pull(t, s, b.Cursor); len(b.Mentions) != 1 || time.Since(asked) != time.Second {
			t.Errorf("got %d after %s, want 1 after 1s", len(b.Mentions), time.Since(asked))
		}
		if b = pull(t, s, b.Cursor); len(b.Mentions) != 0 {
			t.Errorf("a heartbeat brought %v", b)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Pull(ctx, b.Cursor); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a pull whose context ended: %v", err)
		}
	})
}

func TestFaultsOnDemand(t *testing.T) {
	t.Parallel()
	n := New()
	s := open(t, n)
	b := pull(t, s, "")
	n.Fail(desk.ErrDenied)
	if _, err := s.Pull(t.Context(), b.Cursor); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a broken network answered %v", err)
	}
	n.Fail(nil)
	n.Post(post("a"))
	if b = pull(t, s, b.Cursor); len(b.Mentions) != 1 {
		t.Errorf("a mended network gave %v", b)
	}
}

func TestWhatIsTooOldIsForgotten(t *testing.T) {
	t.Parallel()
	n := New()
	n.Post(make([]desk.Mention, 2*keep+5)...)
	if b := pull(t, open(t, n), n.run+":0"); b.Cursor != n.run+":"+strconv.Itoa(keep+5+page) {
		t.Errorf("reading on after much was forgotten gives the cursor %q", b.Cursor)
	}
	if b := pull(t, open(t, n), "other:99"); len(b.Mentions) != page {
		t.Errorf("the cursor of another process gave %d", len(b.Mentions))
	}
}
