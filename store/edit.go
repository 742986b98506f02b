package store

import (
	"slices"

	"breakwater/desk"
)

// edit changes a known mention to what came again, and reports whether anything changed. An older edition changes nothing. What
// the network did not say this time stays. Language, mood and monitors only change with the words: a person's correction
// holds as long as the words do. New words that no monitor answers leave the mention where it is: it was about us.
func edit(m, in *desk.Mention) bool {
	changed := in.Text != m.Text || in.Title != m.Title
	switch {
	case !m.Deleted.IsZero():
		return false
	case changed && elsewhere(m, in):
		return told(m, in)
	case in.Edited.Before(m.Edited):
		return false
	}
	was := *m
	m.Author = sameAuthor(m.Author, in.Author)
	if in.Engagement != (desk.Engagement{}) {
		m.Engagement = in.Engagement
	}
	m.Edited = in.Edited
	if changed {
		takeWords(m, in)
		if len(in.Monitors) > 0 {
			m.Monitors = in.Monitors
		}
		return true
	}
	return m.Author != was.Author || m.Engagement != was.Engagement || !m.Edited.Equal(was.Edited)
}

// elsewhere reports whether other words for one thing are another source's way to tell it, and no edit: a second feed with the
// same link says when it changed its own few lines, not when the article changed; two servers of a network tell one
// edition of a post each in their own way.
func elsewhere(m, in *desk.Mention) bool {
	return in.SourceID != m.SourceID && (in.Kind == desk.KindArticle || in.Edited.Equal(m.Edited))
}

// told takes what another source tells of a known mention. It answers the monitors of both. The longer words are kept, and with
// them their source: a teaser hides no article. Words that a person has read and judged stay.
func told(m, in *desk.Mention) bool {
	monitors := union(m.Monitors, in.Monitors)
	more := len(monitors) > len(m.Monitors)
	m.Monitors = monitors
	if m.CorrectedBy != "" || in.Edited.Before(m.Edited) || len(in.Title)+len(in.Text) <= len(m.Title)+len(m.Text) {
		return more
	}
	m.Author, m.SourceID, m.Edited = sameAuthor(m.Author, in.Author), in.SourceID, in.Edited
	takeWords(m, in)
	return true
}

// takeWords gives a mention the words of another edition, and what was read in them.
func takeWords(m, in *desk.Mention) {
	m.Text, m.Title, m.URL, m.Links, m.Tags = in.Text, in.Title, in.URL, in.Links, in.Tags
	m.Lang, m.Sentiment, m.Mood, m.Confidence, m.CorrectedBy, m.ReadBy = in.Lang, in.Sentiment, in.Mood, in.Confidence, "", ""
	m.TakeCues(in)
}

// union is the ids of both, ascending.
func union(a, b desk.IDs) desk.IDs {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// sameAuthor is what is known of an author after hearing of them again.
func sameAuthor(old, in desk.Author) desk.Author {
	if in.Followers < 0 {
		in.Followers = old.Followers
	}
	for _, f := range []struct{ to, from *string }{
		{&in.NativeID, &old.NativeID}, {&in.Handle, &old.Handle}, {&in.Name, &old.Name}, {&in.URL, &old.URL},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	in.Media = in.Media || old.Media
	return in
}
