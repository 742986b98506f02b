package desk

import (
	"slices"
	"time"
)

// CentrePast is what a page said itself in a language until other words took the place of these. Without a headline there were none.
type CentrePast struct {
	Text  CentreText `json:"text"`
	Until time.Time  `json:"until"`
}

// CentreWords are those of an update until they were corrected. Without a text they were withdrawn then.
type CentreWords struct {
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text,omitempty"`
	Media []Media   `json:"media,omitempty"`
	Until time.Time `json:"until"`
}

// centrePast is how long it is kept what a page said before: a copy that was whole longer ago lacks what was changed since under a hold.
const centrePast = 30 * 24 * time.Hour

// keepText notes what the page says itself in a language before it says something else.
func (c *Centre) keepText(lang string, at time.Time) {
	c.Past = slices.DeleteFunc(slices.Clone(c.Past), func(p CentrePast) bool { return at.Sub(p.Until) > centrePast })
	was, ok := c.LiveIn(lang)
	if !ok {
		was = CentreText{Lang: lang}
	}
	c.Past = append(c.Past, CentrePast{was, at})
}

// keepWords notes the words of an update before they are corrected.
func (s *CentreSaid) keepWords(at time.Time) {
	s.Past = slices.DeleteFunc(slices.Clone(s.Past), func(p CentreWords) bool { return at.Sub(p.Until) > centrePast })
	s.Past = append(s.Past, CentreWords{s.Title, s.Text, s.Media, at})
}

// As is what the public saw of a page at a time, less what was taken off it since: nothing that became public later is in it. public is
// false when nothing of it was to be seen.
func (c *Centre) As(at time.Time) (was Centre, public bool) {
	if was = *c; !c.Spoke.After(at) || c.Stage == CentreWithdrawn {
		return was, c.Stage != CentreDark
	}
	was.Live, was.Updates, was.Changed = nil, nil, c.Opened
	away := c.Opened.After(at) || c.Back.After(at) // nothing of it was on the web then
	for _, t := range c.Live {
		if t, ok := c.textAt(t, at); ok && !away {
			was.Live = append(was.Live, t)
		}
	}
	for _, u := range c.Updates {
		all := u.Said
		u.Said = nil
		for _, s := range all {
			if s, ok := s.as(at); ok && (!away || !s.Withdrawn.IsZero()) {
				u.Said = append(u.Said, s)
				was.Changed = latest(was.Changed, s.At, s.Corrected, s.Withdrawn)
			}
		}
		if len(u.Said) > 0 {
			was.Updates, was.State = append(was.Updates, u), u.State
		}
	}
	return was, len(was.Live)+len(was.Updates) > 0
}

// textAt is what a page said itself at a time, in the language of what it says now.
func (c *Centre) textAt(now CentreText, at time.Time) (CentreText, bool) {
	for _, p := range c.Past { // oldest first
		if p.Text.Lang == now.Lang && p.Until.After(at) {
			return p.Text, p.Text.Title != ""
		}
	}
	return now, true
}

// as is what an update said at a time. That it was withdrawn holds whenever that was.
func (s CentreSaid) as(at time.Time) (CentreSaid, bool) {
	if !s.Withdrawn.IsZero() || !s.At.After(at) && !s.Corrected.After(at) {
		return s, true
	}
	corrected := time.Time{}
	for _, p := range s.Past {
		if p.Until.After(at) && !s.At.After(at) {
			s.Title, s.Text, s.Media, s.Corrected = p.Title, p.Text, p.Media, corrected
			return s, p.Text != ""
		}
		corrected = p.Until
	}
	return s, false
}

// latest is the last of times; zero is none.
func latest(all ...time.Time) (last time.Time) {
	for _, at := range all {
		if at.After(last) {
			last = at
		}
	}
	return last
}
