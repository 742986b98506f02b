package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Put puts the words of a post on the page: those that were sent to be signed for the page itself, or an update. Words that are there
// already, by the post's key, are put once. How the crisis stands is state; empty leaves it. The page is public from then on. Errors are
// *Invalid.
func (c *Centre) Put(p *Post, state string, at time.Time) error {
	switch {
	case c.Stage == CentreWithdrawn:
		return Wrong("centre", "The page of this crisis was taken down. Put it up again first.")
	case c.Has(p.Key):
		return nil
	case c.Asked.StatementID == p.StatementID && len(c.Asked.Texts) > 0:
		if err := c.putText(p, at); err != nil {
			return err
		}
	default:
		c.putUpdate(p, state, at)
	}
	if c.Stage == CentreDark && !c.Opened.IsZero() {
		c.Back = at
	}
	c.Stage, c.Changed, c.Spoke = CentreLive, at, at
	if c.Opened.IsZero() {
		c.Opened = at
	}
	return nil
}

// putText makes the page's own words public in the post's language.
func (c *Centre) putText(p *Post, now time.Time) error {
	i := slices.IndexFunc(c.Asked.Texts, func(t CentreText) bool { return t.Lang == p.Lang })
	if i < 0 || c.Asked.Words[i] != p.Text || c.Asked.Texts[i].Title != p.Title {
		return Wrong("centre", "These are not the words of the page. Change them on the page, and have it signed again.")
	}
	c.keepText(p.Lang, now)
	c.Live = slices.Clone(c.Live)
	if at := slices.IndexFunc(c.Live, func(t CentreText) bool { return t.Lang == p.Lang }); at >= 0 {
		c.Live[at] = c.Asked.Texts[i]
	} else {
		c.Live = append(c.Live, c.Asked.Texts[i])
	}
	c.undrop()
	return nil
}

// putUpdate adds an update, or another language of one.
func (c *Centre) putUpdate(p *Post, state string, at time.Time) {
	i := slices.IndexFunc(c.Updates, func(u CentreUpdate) bool { return u.StatementID == p.StatementID })
	if i < 0 {
		if state != "" {
			c.State = state
		}
		n := 1
		if len(c.Updates) > 0 {
			n = c.Updates[len(c.Updates)-1].Number + 1
		}
		c.Updates = append(slices.Clone(c.Updates), CentreUpdate{Number: n, StatementID: p.StatementID, State: c.State, At: at})
		i = len(c.Updates) - 1
	} else {
		c.Updates = slices.Clone(c.Updates)
	}
	u := &c.Updates[i]
	u.Said = append(slices.Clone(u.Said), CentreSaid{Lang: p.Lang, Native: c.NativeID(p), Key: p.Key, Title: p.Title, Text: p.Text, Media: p.Media, At: at})
}

// NativeID names what a post puts on the page: the page's own words in a language, or an update.
func (c *Centre) NativeID(p *Post) string {
	name := p.Key
	if c.Asked.StatementID == p.StatementID && len(c.Asked.Texts) > 0 {
		name = "page-" + p.Lang
	}
	return strconv.FormatInt(c.ID, 10) + "/" + name
}

// Has reports whether the words of the post with this key are on the page.
func (c *Centre) Has(key string) bool {
	_, said := c.said(func(s *CentreSaid) bool { return s.Key == key })
	return said != nil
}

// said finds words of an update.
func (c *Centre) said(is func(*CentreSaid) bool) (*CentreUpdate, *CentreSaid) {
	for i := range c.Updates {
		for j := range c.Updates[i].Said {
			if s := &c.Updates[i].Said[j]; is(s) {
				return &c.Updates[i], s
			}
		}
	}
	return nil, nil
}

// Of is the update whose words the post brought, or that it corrected, with those words; nil when there are none.
func (c *Centre) Of(p *Post) (*CentreUpdate, *CentreSaid) {
	return c.said(func(s *CentreSaid) bool { return s.Key == p.Key || p.NativeID != "" && s.Native == p.NativeID })
}

// Correct changes the words that stand under native to those of a post. ErrNotFound when there are none, *Invalid for page's own words
// that were not signed.
func (c *Centre) Correct(native string, p *Post, at time.Time) error {
	if c.Stage == CentreLive && native == c.NativeID(p) && native != strconv.FormatInt(c.ID, 10)+"/"+p.Key {
		c.Changed, c.Spoke = at, at
		return c.putText(p, at)
	}
	c.own()
	_, s := c.said(func(s *CentreSaid) bool { return s.Native == native })
	switch {
	case s == nil:
		return ErrNotFound
	case s.Key == p.Key:
		return nil
	}
	s.keepWords(at)
	s.Key, s.Title, s.Text, s.Media, s.Corrected, s.Withdrawn = p.Key, p.Title, p.Text, p.Media, at, time.Time{}
	c.Changed, c.Spoke = at, at
	return nil
}

// own gives the page updates that it shares with no other value.
func (c *Centre) own() {
	c.Updates = slices.Clone(c.Updates)
	for i := range c.Updates {
		c.Updates[i].Said = slices.Clone(c.Updates[i].Said)
	}
}

// Take takes the words of a post off the page; its address says that they were withdrawn. Without them it changes nothing.
func (c *Centre) Take(p *Post, at time.Time) {
	if c.Asked.StatementID == p.StatementID {
		if live, ok := c.LiveIn(p.Lang); ok && live.Title == p.Title {
			c.Live = slices.DeleteFunc(slices.Clone(c.Live), func(t CentreText) bool { return t.Lang == p.Lang })
			c.Changed = at
			return
		}
	}
	c.own()
	if _, s := c.Of(p); s != nil && s.Withdrawn.IsZero() {
		s.Withdrawn, s.Title, s.Text, s.Media, s.Past, c.Changed = at, "", "", nil, nil, at
	}
}

// Down takes the whole page off the web, with a reason.
func (c *Centre) Down(why string, at time.Time) error {
	why = strings.TrimSpace(why)
	switch {
	case c.Stage != CentreLive:
		return ErrInvalidTransition
	case why == "":
		return Wrong("why", "Say in a few words why the page is taken down.")
	}
	c.Stage, c.Ended, c.Why, c.Changed = CentreWithdrawn, at, why, at
	return nil
}
