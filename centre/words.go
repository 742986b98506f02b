package centre

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Plain is a page's own words in one language as people sign them: everything that it will say beside updates, in plain text.
func Plain(t desk.CentreText) string {
	speak := say.For(t.Lang, "")
	var b strings.Builder
	section := func(own, head string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "%s\n%s\n\n", cmp.Or(own, speak.T(head)), strings.Join(lines, "\n"))
		}
	}
	if t.About != "" {
		if t.Heads.About != "" {
			b.WriteString(t.Heads.About + "\n")
		}
		b.WriteString(t.About + "\n\n")
	}
	section(t.Heads.Do, "What you should do now", numbered(t.Do))
	section(t.Heads.Help, "Where to get help", bulleted(t.Help))
	var lines []string
	for _, q := range t.Questions {
		lines = append(lines, q.Question+"\n"+q.Answer)
	}
	section(t.Heads.Questions, "Questions and answers", lines)
	lines = nil
	for _, r := range t.Rumours {
		line := "“" + r.Claim + "” " + speak.Text(Verdict(r.Verdict)) + ". " + r.Answer
		if r.Link != "" {
			line += " " + r.Link
		}
		lines = append(lines, line)
	}
	section(t.Heads.Rumours, "Rumours, checked", bulleted(lines))
	section(t.Heads.Press, "For the press", bulleted(slices.Concat(contacts(t.Contacts), t.Press, fileLines(speak, t.Files))))
	for _, h := range [][2]string{{"Latest update", t.Heads.Latest}, {"Earlier updates", t.Heads.Earlier}, {"Follow this page", t.Heads.Follow}} {
		if h[1] != "" { // they stand above what is said elsewhere
			fmt.Fprintf(&b, "%s\n\n", speak.T("“{head}” stands for “{ours}”.", "head", h[1], "ours", speak.T(h[0])))
		}
	}
	if b.Len() == 0 {
		return t.Title
	}
	return strings.TrimSpace(b.String())
}

// Heading is what stands above a part of a page.
type Heading struct {
	Name string    // of the part: do, help …
	Own  *string   // what the page says itself; empty: Ours
	Ours desk.Text // what stands there else
}

// Headings are those of a page in their order on it; writing to Own changes h.
func Headings(h *desk.CentreHeads) []Heading {
	return []Heading{
		{"do", &h.Do, desk.Say("What you should do now")}, {"help", &h.Help, desk.Say("Where to get help")}, {"about", &h.About, desk.Say("What happened")},
		{"latest", &h.Latest, desk.Say("Latest update")}, {"earlier", &h.Earlier, desk.Say("Earlier updates")},
		{"questions", &h.Questions, desk.Say("Questions and answers")}, {"rumours", &h.Rumours, desk.Say("Rumours, checked")},
		{"press", &h.Press, desk.Say("For the press")}, {"follow", &h.Follow, desk.Say("Follow this page")},
	}
}

// contacts are whom the press asks, a line each.
func contacts(all []desk.CentreContact) (lines []string) {
	for _, c := range all {
		var with []string
		for _, one := range []string{c.For, c.Phone, c.Mail, c.Hours} {
			if one != "" {
				with = append(with, one)
			}
		}
		lines = append(lines, c.Name+": "+strings.Join(with, "; "))
	}
	return lines
}

// fileLines are the files for the press, a line each: the beginning of its hash says which bytes are signed.
func fileLines(speak *say.Printer, all []desk.CentreFile) (lines []string) {
	for _, f := range all {
		line := fmt.Sprintf("%s (%s · %s): %s", f.Name, about(speak, f.Media), f.Hash[:min(12, len(f.Hash))], f.Alt)
		if f.Credit != "" {
			line += " – " + f.Credit
		}
		lines = append(lines, line)
	}
	return lines
}

func numbered(lines []string) (out []string) {
	for i, l := range lines {
		out = append(out, fmt.Sprintf("%d. %s", i+1, l))
	}
	return out
}

func bulleted(lines []string) (out []string) {
	for _, l := range lines {
		out = append(out, "- "+l)
	}
	return out
}

// Verdict is a verdict about a claim as outsiders read it.
func Verdict(v string) desk.Text {
	switch v {
	case desk.ClaimTrue:
		return desk.Say("True")
	case desk.ClaimFalse:
		return desk.Say("False")
	case desk.ClaimMisleading:
		return desk.Say("Misleading")
	}
	return desk.Say("Not proven")
}

// State is how a crisis stands, as outsiders read it.
func State(s string) desk.Text {
	switch s {
	case "finding":
		return desk.Say("Finding out")
	case "acting":
		return desk.Say("Acting")
	case "fixed":
		return desk.Say("Fixed")
	case "following":
		return desk.Say("Following up")
	}
	return desk.Say("We are aware")
}
