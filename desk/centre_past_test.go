package desk

import (
	"testing"
	"time"
)

// Under a hold a copy shows what it showed when it was whole, less what was withdrawn since: no word that became public later, and none
// that was taken back.
func TestPageAsItWas(t *testing.T) {
	t.Parallel()
	at := func(n int) time.Time { return time.Unix(int64(1000+n), 0) }
	post := func(statement int64, key, text string) *Post {
		return &Post{StatementID: statement, Key: key, Lang: "en", Text: text}
	}
	own := func(c *Centre, title string, when time.Time) {
		c.Asked = CentreAsked{StatementID: 9, Texts: []CentreText{{Lang: "en", Title: title}}, Words: []string{title}}
		p := post(9, "own", title)
		p.Title = title
		if err := c.Put(p, "", when); err != nil {
			t.Fatal(err)
		}
	}
	put := func(c *Centre, p *Post, state string, when time.Time) {
		if err := c.Put(p, state, when); err != nil {
			t.Fatal(err)
		}
	}
	c := Centre{ID: 1, State: CentreStates[0], Stage: CentreDark}
	own(&c, "First", at(0))
	a, b := post(1, "a", "A"), post(2, "b", "B")
	put(&c, a, "finding", at(1))
	put(&c, b, "acting", at(2))
	good := at(3)
	if was, public := c.As(good); !public || len(was.Updates) != 2 || was.Live[0].Title != "First" {
		t.Errorf("with nothing new: %+v", was)
	}
	own(&c, "Second", at(4))
	native := c.Updates[1].Said[0].Native
	corrected := post(3, "b2", "B, corrected")
	if err := c.Correct(native, corrected, at(5)); err != nil {
		t.Fatal(err)
	}
	wrong := post(4, "w", "wrong")
	put(&c, wrong, "fixed", at(6))
	put(&c, post(5, "n", "new"), "fixed", at(7))
	c.Take(a, at(8))
	c.Take(wrong, at(8))
	was, public := c.As(good)
	if !public || len(was.Live) != 1 || was.Live[0].Title != "First" || len(was.Updates) != 3 || was.Changed != at(8) {
		t.Fatalf("as it was: %+v", was)
	}
	for i, want := range []string{"", "B", ""} { // withdrawn, as it was before the correction, withdrawn before it came
		if s := was.Updates[i].Said[0]; s.Text != want || s.Withdrawn.IsZero() == (want == "") || !s.Corrected.IsZero() {
			t.Errorf("update %d says %+v, want %q", i+1, s, want)
		}
	}
	if _, public := c.As(at(-1)); !public { // its withdrawals say so
		t.Error("what was withdrawn is not said to be")
	}
	if now, _ := c.As(at(9)); now.Updates[1].Said[0].Text != "B, corrected" || len(now.Updates) != 4 || now.Live[0].Title != "Second" {
		t.Errorf("as it is: %+v", now)
	}
	if err := c.Down("over", at(10)); err != nil {
		t.Fatal(err)
	}
	if was, public := c.As(good); !public || was.Stage != CentreWithdrawn {
		t.Errorf("taken down: %+v", was)
	}
	c.Stage = CentreDark
	own(&c, "Third", at(11))
	if was, _ := c.As(at(10)); len(was.Live) != 0 || was.Back != at(11) {
		t.Errorf("put up again: %+v", was)
	}
	fresh := Centre{ID: 2, Stage: CentreDark}
	put(&fresh, post(6, "f", "F"), "", at(5))
	if _, public := fresh.As(good); public {
		t.Error("a page that was not there is")
	}
}

// Pictures keep their folder to themselves: what lies there is kept by browsers for a year.
func TestNoPageAmongPictures(t *testing.T) {
	t.Parallel()
	c := Centre{Name: "Media"}
	if err := c.Check(); err != nil || c.Slug != "media-1" {
		t.Errorf("%q, %v", c.Slug, err)
	}
	c.Slug = "media"
	if err := c.Check(); err == nil {
		t.Error("a page lies among pictures")
	}
}
