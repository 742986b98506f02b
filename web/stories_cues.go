package web

import (
	"breakwater/desk"
	"breakwater/enrich"
)

func cueStories() []story {
	return []story{
		{"cues/cues", "empty", func(t teller) page { return t.cues(desk.Lead, desk.CueList{}) }},
		{"cues/cues", "many", func(t teller) page {
			l := desk.CueList{Version: 3, Off: []string{"geopolitics"}, Quiet: []desk.QuietCue{{Type: "outage", Text: "is down"}}}
			for i, text := range []string{t.pick("צנצנת סדוקה", "玻璃罐裂開", "cracked jar*"), "#" + t.pick("צנצנת", "罐子", "JarGate"), long(), `<i>"x"`} {
				l.Cues = append(l.Cues, desk.OwnCue{Type: []string{"safety_injury", "jars"}[i%2], Text: text, Lang: []string{"", "he"}[i%2], Strong: i%2 == 0, Off: i == 2})
			}
			p := t.cues(desk.Lead, l)
			p.Work = &enrich.Remarking{Looked: 12800, Changed: 37}
			return p
		}},
		{"cues/cues", "preview", func(t teller) page {
			p := t.cues(desk.Lead, desk.CueList{Version: 1})
			p.Words, p.Type = t.pick("צנצנת סדוקה", "玻璃罐裂開", "cracked jar*"), "safety_injury"
			p.Preview = &cuePreview{Say: enrich.CuePreview{Looked: 5120, All: true, Marked: 37, Cleared: 2}.Sentence(), New: t.mentions(3), Gone: []mentionView{t.hostile()}}
			return p
		}},
		{"cues/cues", "wrong", func(t teller) page {
			p := t.cues(desk.Lead, desk.CueList{})
			p.Words = "*"
			p.Problems = []*desk.Invalid{desk.Wrong("words", "In “{text}” a star may stand only at the end of a word of two letters or more.", "text", "*"), desk.Wrong("file", "The file is too long.")}
			return p
		}},
		{"cues/cues", "viewer", func(t teller) page {
			return t.cues(desk.Viewer, desk.CueList{Cues: []desk.OwnCue{{Type: "boycott", Text: "jars"}}, Quiet: []desk.QuietCue{{Type: "outage", Text: "is down"}}})
		}},
	}
}

// cues is the page of a list beside the program's types.
func (t teller) cues(role desk.Role, l desk.CueList) *cuesPage {
	titles, helps := enrich.CueTitles(), enrich.CueHelps()
	var types []enrich.TypeOf
	for i, name := range enrich.CueNames() {
		types = append(types, enrich.TypeOf{Name: name, Title: titles[name], Help: helps[name], Severity: i%5 + 1, Off: name == "geopolitics" && len(l.Off) > 0})
	}
	if len(l.Cues) > 1 {
		types = append(types, enrich.TypeOf{Name: "jars", Title: desk.Say("{name}", "name", "jars"), Own: true})
	}
	p := newCuesPage(l, types)
	area := p.Area
	p.Frame = t.frame(role)
	p.Area = area
	return p
}
