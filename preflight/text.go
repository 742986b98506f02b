package preflight

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/posttext"
)

// length compares the text with what each channel takes, in that network's own counting.
func length(_ context.Context, j *job) (all []desk.Finding, _ error) {
	seen := map[posttext.Limits]map[string]bool{}
	for _, c := range j.Channels {
		lim := posttext.Limits{Text: c.Limits.Text, Bytes: c.Limits.Bytes, PerLink: c.Limits.PerLink}
		if seen[lim] == nil {
			seen[lim] = map[string]bool{}
		}
		if seen[lim][c.Kind] {
			continue
		}
		seen[lim][c.Kind] = true
		all = append(all, tooLong(c, behind(c, j.warning(c), j.Variant.Text), j)...)
	}
	return all, nil
}

func tooLong(c desk.Channel, r posttext.Reading, j *job) (all []desk.Finding) {
	where := placeName(c)
	block := func(from, to int, fix, say desk.Text) {
		all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: say, Fix: fix, From: from, To: to})
	}
	end := len(j.Variant.Text)
	shorten := desk.Say("Shorten it: what does not fit is marked.")
	switch {
	case strings.TrimSpace(j.Variant.Text) == "" && len(j.Variant.Media) == 0:
		block(0, 0, desk.Say("Write the text."), desk.Say("There is no text for {channel}.", "channel", where))
	case r.Limit > 0 && r.Length > r.Limit && j.warning(c) != "":
		block(min(r.Over, end), end, shorten, desk.Say("{channel} takes {limit} characters; with the content warning before it this is {n}.", "channel", where, "limit", r.Limit, "n", r.Length))
	case r.Limit > 0 && r.Length > r.Limit:
		block(min(r.Over, end), end, shorten, desk.Say("{channel} takes {limit} characters; this is {n} as it counts them.", "channel", where, "limit", r.Limit, "n", r.Length))
	case r.ByteLimit > 0 && r.Bytes > r.ByteLimit:
		block(min(r.Over, end), end, shorten, desk.Say("{channel} takes {limit} bytes; this is {n}.", "channel", where, "limit", r.ByteLimit, "n", r.Bytes))
	}
	if r.MaxTags > 0 && len(r.Hashtags) > r.MaxTags {
		block(r.Hashtags[r.MaxTags].Bytes[0], end, desk.Say("Leave the less important ones out."), desk.Say("{channel} takes {limit} hashtags; these are {n}.", "channel", where, "limit", r.MaxTags, "n", len(r.Hashtags)))
	}
	for _, f := range r.Forbidden {
		block(f[0], f[1], desk.Say("Delete it: it cannot be seen, and often comes with copied text."), desk.Say("{channel} refuses an invisible character in the text.", "channel", where))
	}
	switch titled, known := hasTitle[c.Kind]; {
	case titled:
		all = append(all, headline(c, j.Variant.Title)...)
	case known && strings.TrimSpace(j.Variant.Title) != "" && j.warning(c) == "":
		all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{channel} has no place for a headline: “{title}” will not be seen there.", "channel", where, "title", j.Variant.Title),
			Fix: desk.Say("Say it in the text, or take it out.")})
	}
	if r.Reply != "" {
		all = append(all, desk.Finding{Weight: desk.FindingWarn, To: r.Mentions[0].Bytes[1],
			Say: desk.Say("A post that begins with a name is shown as an answer, to fewer people."), Fix: desk.Say("Begin with another word, if everybody shall see it.")})
	}
	if c.Kind == "x" && len(r.Links) > 0 {
		all = append(all, desk.Finding{Weight: desk.FindingHint, From: r.Links[0].Bytes[0], To: r.Links[0].Bytes[1],
			Say: desk.Say("X charges programs more for a post with a link: about 0.20 dollars instead of 0.015.")})
	}
	return all
}

// hasTitle says of kinds of channel whether a post there has a headline or subject. Those that are not named may have one.
var hasTitle = map[string]bool{"email": true, "wordpress": true, "mastodon": false, "bluesky": false}

// shownSubject is how many characters of a subject most phones show.
const shownSubject = 60

func headline(c desk.Channel, title string) []desk.Finding {
	n := utf8.RuneCountInString(title)
	switch {
	case strings.TrimSpace(title) == "":
		return []desk.Finding{{Weight: desk.FindingBlock, Say: desk.Say("{channel} needs a headline or subject.", "channel", placeName(c)), Fix: desk.Say("Write one.")}}
	case strings.ContainsAny(title, "\r\n"):
		return []desk.Finding{{Weight: desk.FindingBlock, Say: desk.Say("The headline has more than one line."), Fix: desk.Say("Write it in one line.")}}
	case c.Kind == "email" && n > shownSubject:
		return []desk.Finding{{Weight: desk.FindingHint, Say: desk.Say("The subject has {n} characters; phones show about {limit}.", "n", n, "limit", shownSubject), Fix: desk.Say("Put what matters first.")}}
	}
	return nil
}

// placeName is a channel as people know it.
func placeName(c desk.Channel) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Kind != "":
		return strings.ToUpper(c.Kind[:1]) + c.Kind[1:]
	}
	return "?"
}

// blank is a place that the library's messages leave to be filled: {date}, {product name}.
var blank = regexp.MustCompile(`\{\{?[^{}\n]{0,100}\}\}?`)

func blanks(_ context.Context, j *job) (all []desk.Finding, _ error) {
	say := func(text string, at []int, from, to int) {
		all = append(all, desk.Finding{Weight: desk.FindingBlock, From: from, To: to, Say: desk.Say("{blank} is not filled in.", "blank", text[at[0]:at[1]]), Fix: desk.Say("Put in what belongs there.")})
	}
	for _, at := range blank.FindAllStringIndex(j.Variant.Text, maxOfAKind) {
		say(j.Variant.Text, at, at[0], at[1])
	}
	for _, at := range blank.FindAllStringIndex(j.Variant.Title, maxOfAKind) {
		say(j.Variant.Title, at, 0, 0)
	}
	for _, m := range j.Variant.Media {
		for _, at := range blank.FindAllStringIndex(m.Alt, maxOfAKind) {
			say(m.Alt, at, 0, 0)
		}
	}
	return all, nil
}

// maxOfAKind bounds how often the same kind of finding is told of one text: after ten, a text has to be written anew.
const maxOfAKind = 10

// facts stops what is not known to be true.
func facts(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	cited := append(append(desk.IDs{}, j.Variant.Facts...), messageFacts(j.Statement)...)
	seen := map[int64]bool{}
	for _, id := range cited {
		if seen[id] {
			continue
		}
		seen[id] = true
		f, err := j.Store.Fact(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("The text cites a fact that does not exist."), Fix: desk.Say("Cite another, or none.")})
			continue
		}
		if err != nil {
			return all, err
		}
		label := "F" + strconv.Itoa(f.Number)
		switch f.State {
		case desk.FactWithdrawn:
			all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{fact} was withdrawn: {text}", "fact", label, "text", f.Text), Fix: desk.Say("Take it out, and correct what went out already.")})
		case desk.FactConfirmed:
		default:
			all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{fact} is not confirmed: {text}", "fact", label, "text", f.Text), Fix: desk.Say("Have it confirmed, or leave it out.")})
		}
	}
	return all, nil
}

func messageFacts(s desk.Statement) (all desk.IDs) {
	for _, m := range s.Messages {
		all = append(all, m.Facts...)
	}
	return all
}
