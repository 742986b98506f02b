package centre

import (
	"fmt"
	"strings"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Plain is a page's own words in one language as people sign them: everything that it will say beside updates, in plain text.
func Plain(t desk.CentreText) string {
	speak := say.For(t.Lang, "")
	var b strings.Builder
	section := func(head string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "%s\n%s\n\n", speak.T(head), strings.Join(lines, "\n"))
		}
	}
	if t.About != "" {
		b.WriteString(t.About + "\n\n")
	}
	section("What you should do now", numbered(t.Do))
	section("Where to get help", bulleted(t.Help))
	var lines []string
	for _, q := range t.Questions {
		lines = append(lines, q.Question+"\n"+q.Answer)
	}
	section("Questions and answers", lines)
	lines = nil
	for _, r := range t.Rumours {
		line := "“" + r.Claim + "” " + speak.Text(Verdict(r.Verdict)) + ". " + r.Answer
		if r.Link != "" {
			line += " " + r.Link
		}
		lines = append(lines, line)
	}
	section("Rumours, checked", bulleted(lines))
	section("For the press", bulleted(t.Press))
	if b.Len() == 0 {
		return t.Title
	}
	return strings.TrimSpace(b.String())
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
