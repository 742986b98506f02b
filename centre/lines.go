package centre

import (
	"html/template"
	"regexp"
	"strings"
)

// touch finds what people can reach something by in a line: an address, a mail address, a telephone number.
var touch = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\(?\d[\d()\s./-]{5,}\d`)

// rich is plain text with its addresses as links; nothing else of it becomes markup.
func rich(text string) template.HTML {
	var b strings.Builder
	last := 0
	for _, at := range touch.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[last:at[0]]))
		found := text[at[0]:at[1]]
		last = at[1]
		href := reach(found)
		if href == "" {
			b.WriteString(template.HTMLEscapeString(found))
			continue
		}
		b.WriteString(`<a dir="ltr" href="` + template.HTMLEscapeString(href) + `">` + template.HTMLEscapeString(found) + `</a>`)
	}
	b.WriteString(template.HTMLEscapeString(text[last:]))
	return template.HTML(b.String())
}

// reach is the address of what was found in a line; empty for digits that are no telephone number.
func reach(found string) string {
	switch {
	case strings.Contains(found, "://"):
		return found
	case strings.Contains(found, "@"):
		return "mailto:" + found
	}
	number := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, found)
	if digits := strings.TrimPrefix(number, "+"); len(digits) < 7 || len(digits) > 15 || looksLikeDate(found) {
		return ""
	}
	return "tel:" + number
}

// date is what must not be dialled: 2026-11-21, 21.11.2026, 14:00 is no number anyway.
var date = regexp.MustCompile(`^(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})$`)

func looksLikeDate(s string) bool { return date.MatchString(strings.TrimSpace(s)) }

// prose is running text as paragraphs; a block of lines that begin with a hyphen or a bullet is a list.
func prose(text string) template.HTML {
	var b strings.Builder
	for _, block := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if lines[0] == "" {
			continue
		}
		for list := false; len(lines) > 0; list = !list {
			var run []string
			for len(lines) > 0 && isItem(lines[0]) == list {
				run, lines = append(run, lines[0]), lines[1:]
			}
			b.WriteString(string(blockOf(run, list)))
		}
	}
	return template.HTML(b.String())
}

func isItem(line string) bool {
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "• ") || strings.HasPrefix(line, "* ")
}

func blockOf(lines []string, list bool) template.HTML {
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	for i, l := range lines {
		switch {
		case list:
			_, item, _ := strings.Cut(l, " ")
			b.WriteString("<li>" + string(rich(strings.TrimSpace(item))) + "</li>")
		case i > 0:
			b.WriteString("<br>" + string(rich(l)))
		default:
			b.WriteString(string(rich(l)))
		}
	}
	if list {
		return template.HTML("<ul>" + b.String() + "</ul>")
	}
	return template.HTML("<p>" + b.String() + "</p>")
}
