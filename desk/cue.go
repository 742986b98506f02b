package desk

import "slices"

// Cue is one type of crisis that a mention shows signs of, with the words that show it.
type Cue struct {
	Type     string `json:"type"`                      // "boycott", or a type of the brand's own
	Strength int    `json:"strength,omitempty"`        // 2 just enough … 5 several strong signs and a call to spread them; 0 said by hand
	Words    []Span `json:"words,omitempty"`           // what was found, in the order of the text
	BrandID  int64  `json:"brand_id,string,omitempty"` // 0: holds for every brand that the mention answers
	By       string `json:"by,omitempty"`              // who said so by hand; then nothing but a person changes it
	Not      bool   `json:"not,omitempty"`             // by hand: the mention is not of this type, whatever its words say
}

// Span is a piece of a mention's text as it was written.
type Span struct {
	Words string `json:"words"`
	From  int    `json:"from"` // bytes of Text; both 0 where the words stand in the title
	To    int    `json:"to"`
}

// CuesOf are the types of cue that count for a brand, in the order of Cues.
func (m *Mention) CuesOf(brandID int64) []string {
	if !slices.ContainsFunc(m.Found, func(c Cue) bool { return c.BrandID != 0 }) {
		return m.Cues
	}
	var types []string
	for _, c := range m.Found {
		if !c.Not && (c.BrandID == 0 || c.BrandID == brandID) && !slices.Contains(types, c.Type) {
			types = append(types, c.Type)
		}
	}
	return types
}

// SetCues replaces what was found in the mention's words. What people said by hand stays and wins.
func (m *Mention) SetCues(found []Cue) {
	if len(found)+len(m.Found) == 0 { // as with most
		m.Cues = nil
		return
	}
	all := slices.DeleteFunc(slices.Clone(m.Found), func(c Cue) bool { return c.By == "" })
	said := len(all)
	for _, c := range found {
		if !slices.ContainsFunc(all[:said], func(s Cue) bool { return s.Type == c.Type && s.Not }) {
			all = append(all, c)
		}
	}
	m.Found, m.Cues = all, nil
	for _, c := range all {
		if !c.Not && !slices.Contains(m.Cues, c.Type) {
			m.Cues = append(m.Cues, c.Type)
		}
	}
	slices.Sort(m.Cues)
	if len(all) == 0 {
		m.Found = nil
	}
}

// TakeCues takes over what was found in another reading of the mention, and reports whether that is another finding. What people
// said by hand stays. A reading that names types without words, as older versions stored, is taken by its types.
func (m *Mention) TakeCues(reading *Mention) bool {
	var found []Cue
	for _, c := range reading.Found {
		if c.By == "" {
			found = append(found, c)
		}
	}
	if len(reading.Found) == 0 {
		for _, typ := range reading.Cues {
			found = append(found, Cue{Type: typ})
		}
	}
	was := *m
	m.SetCues(found)
	return !slices.Equal(was.Cues, m.Cues) || !slices.EqualFunc(was.Found, m.Found, Cue.same)
}

func (c Cue) same(o Cue) bool {
	return c.Type == o.Type && c.Strength == o.Strength && c.BrandID == o.BrandID && c.By == o.By && c.Not == o.Not && slices.Equal(c.Words, o.Words)
}

// SayCue records that a person says the mention is of a type (not false) or is not of it, and reports whether that is news.
func (m *Mention) SayCue(typ string, not bool, who string) bool {
	for _, c := range m.Found {
		if c.Type == typ && c.By != "" && c.Not == not {
			return false
		}
	}
	m.Found = slices.DeleteFunc(slices.Clone(m.Found), func(c Cue) bool { return c.Type == typ && (c.By != "" || not) })
	m.Found = append(m.Found, Cue{Type: typ, By: who, Not: not})
	var found []Cue
	for _, c := range m.Found {
		if c.By == "" {
			found = append(found, c)
		}
	}
	m.SetCues(found)
	return true
}

// CueList is what a brand adds to the types and expressions of crisis that come with the program, and what it switches off.
type CueList struct {
	ID      int64      `json:"id,string"`
	BrandID int64      `json:"brand_id,string"`
	Version int        `json:"version"`
	Cues    []OwnCue   `json:"cues,omitempty"`
	Off     []string   `json:"off,omitempty"`   // types that are not told for this brand
	Quiet   []QuietCue `json:"quiet,omitempty"` // expressions of the program that do not count for this brand
}

// OwnCue is an expression of the brand's own.
type OwnCue struct {
	Type   string `json:"type"`           // one of the program's or a name of the brand's own
	Text   string `json:"text"`           // words; word* any ending; #tag; a .. b with up to three words between
	Lang   string `json:"lang,omitempty"` // empty for every language
	Strong bool   `json:"strong"`         // says enough alone; else a second one is needed
	Off    bool   `json:"off,omitempty"`  // kept, and not looked for
}

// QuietCue names an expression of the program's lists.
type QuietCue struct {
	Type string `json:"type"`
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"` // empty for all that have it
}
