package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CentreKind is the kind of channel that is the public crisis centre.
const CentreKind = "centre"

// Stages of a page of the crisis centre.
const (
	CentreDark      = "dark"      // prepared; nobody outside can see it
	CentreLive      = "live"      // public
	CentreWithdrawn = "withdrawn" // taken down: its address says so
)

// CentreStates are how a crisis stands, in the order in which it moves on; people outside read them as plain words.
var CentreStates = []string{"aware", "finding", "acting", "fixed", "following"}

// Centre is a page of the public crisis centre: what is known of one crisis, what to do, where to get help, and every update. What it
// shows was approved as a statement and went out as a post, like everything else that we say.
type Centre struct {
	ID         int64           `json:"id,string"`
	BrandID    int64           `json:"brand_id,string"`
	IncidentID int64           `json:"incident_id,string"` // 0: prepared in quiet times, for no crisis yet
	Slug       string          `json:"slug"`               // of its address, unique within the brand
	Name       string          `json:"name"`               // as the team calls it
	Scenario   string          `json:"scenario,omitempty"` // of the plan, that it is prepared for
	Stage      string          `json:"stage"`              // CentreDark, CentreLive, CentreWithdrawn
	State      string          `json:"state"`              // one of CentreStates, as the newest update says it
	NoIndex    bool            `json:"no_index"`           // search engines are asked to leave it alone
	Draft      []CentreText    `json:"draft"`              // what the team writes, the page's own language first
	Asked      CentreAsked     `json:"asked,omitzero"`     // the draft as it was last sent to be signed
	Live       []CentreText    `json:"live,omitempty"`     // what is public of it
	Past       []CentrePast    `json:"past,omitempty"`     // what Live said before, oldest first
	Updates    []CentreUpdate  `json:"updates,omitempty"`  // oldest first
	Dropped    []CentreDropped `json:"dropped,omitempty"`  // files of Live that were taken off since
	Made       time.Time       `json:"made"`
	Opened     time.Time       `json:"opened,omitzero"`  // went public first
	Changed    time.Time       `json:"changed,omitzero"` // what is public changed last
	Spoke      time.Time       `json:"spoke,omitzero"`   // words became public last
	Back       time.Time       `json:"back,omitzero"`    // was put up again after it had been taken down
	Ended      time.Time       `json:"ended,omitzero"`   // was taken down
	Why        string          `json:"why,omitempty"`    // it was taken down
	Version    int             `json:"version"`
}

// CentreText is what a page says in one language beside its updates. Lists are a line each; addresses, mail addresses and telephone
// numbers in them become links.
type CentreText struct {
	Lang      string           `json:"lang"`
	Title     string           `json:"title"`
	About     string           `json:"about,omitempty"` // what happened and what we do
	Do        []string         `json:"do,omitempty"`    // what people should do now, step by step
	Help      []string         `json:"help,omitempty"`  // where to get help: telephone, form, address
	Questions []CentreQuestion `json:"questions,omitempty"`
	Rumours   []CentreRumour   `json:"rumours,omitempty"`
	Press     []string         `json:"press,omitempty"` // what else the press should know
	Heads     CentreHeads      `json:"heads,omitzero"`
	Contacts  []CentreContact  `json:"contacts,omitempty"` // as they were sent to be signed, of Press; a draft has none
	Files     []CentreFile     `json:"files,omitempty"`    // the same
}

// CentreHeads are a page's own words above its parts; empty: ours.
type CentreHeads struct {
	Do        string `json:"do,omitempty"`
	Help      string `json:"help,omitempty"`
	About     string `json:"about,omitempty"`
	Latest    string `json:"latest,omitempty"`
	Earlier   string `json:"earlier,omitempty"`
	Questions string `json:"questions,omitempty"`
	Rumours   string `json:"rumours,omitempty"`
	Press     string `json:"press,omitempty"`
	Follow    string `json:"follow,omitempty"`
}

// all are the heads, to be read and written.
func (h *CentreHeads) all() []*string {
	return []*string{&h.Do, &h.Help, &h.About, &h.Latest, &h.Earlier, &h.Questions, &h.Rumours, &h.Press, &h.Follow}
}

// CentreQuestion is a question that people ask, with its answer. Its ID is the same in every language: links to it stay.
type CentreQuestion struct {
	ID       string `json:"id"` // q1, q2 …
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// CentreRumour is a claim that was checked, as outsiders read it.
type CentreRumour struct {
	ClaimID int64     `json:"claim_id,string"`
	Claim   string    `json:"claim"`
	Verdict string    `json:"verdict"` // one of ClaimVerdicts but ClaimChecking
	Answer  string    `json:"answer"`
	Link    string    `json:"link,omitempty"` // to evidence
	At      time.Time `json:"at"`             // checked
}

// CentreAsked is what of a page was sent to be signed, and by which statement.
type CentreAsked struct {
	StatementID int64        `json:"statement_id,string"`
	Texts       []CentreText `json:"texts,omitempty"`
	Words       []string     `json:"words,omitempty"` // of Texts, as people sign them
	At          time.Time    `json:"at,omitzero"`
}

// CentreUpdate is one dated word on a page. Its number is its address and never changes.
type CentreUpdate struct {
	Number      int          `json:"number"`
	StatementID int64        `json:"statement_id,string"`
	State       string       `json:"state"` // one of CentreStates
	At          time.Time    `json:"at"`    // went public
	Said        []CentreSaid `json:"said"`  // a language each
}

// CentreSaid is what an update says in one language.
type CentreSaid struct {
	Lang      string        `json:"lang"`
	Native    string        `json:"native"` // names it for good: the page and the key of the post that brought it
	Key       string        `json:"key"`    // of the post whose words these are: another one's after a correction
	Title     string        `json:"title,omitempty"`
	Text      string        `json:"text"`
	Media     []Media       `json:"media,omitempty"`
	At        time.Time     `json:"at"`
	Corrected time.Time     `json:"corrected,omitzero"`
	Withdrawn time.Time     `json:"withdrawn,omitzero"` // its words are shown no more
	Past      []CentreWords `json:"past,omitempty"`     // what it said before it was corrected, oldest first
}

// centrePictures is the folder beside pages that holds pictures, which browsers keep for a year: no page can have its address.
const centrePictures = "media"

// Limits of a page: what is longer is a document to link to.
const (
	maxCentreLine   = 600
	maxCentreLines  = 30
	maxCentreText   = 6000
	maxCentreAsked  = 60 // questions, rumours
	maxCentreSlug   = 60
	maxCentreLangs  = 12
	maxCentreTitle  = 160
	maxCentreAnswer = 3000
	maxCentreHead   = 80
)

// Check tidies the page and answers an *Invalid for what is wrong with it.
func (c *Centre) Check() error {
	c.Name, c.Slug = strings.Join(strings.Fields(c.Name), " "), strings.ToLower(strings.TrimSpace(c.Slug))
	if c.Name == "" && len(c.Draft) > 0 {
		c.Name = strings.TrimSpace(c.Draft[0].Title)
	}
	if c.Slug == "" {
		if c.Slug = Slug(c.Name); c.Slug == centrePictures {
			c.Slug += "-1"
		}
	}
	if c.Stage == "" {
		c.Stage = CentreDark
	}
	if c.State == "" {
		c.State = CentreStates[0]
	}
	switch {
	case c.Name == "" || len(c.Name) > 300:
		return Wrong("name", "Give the page a name.")
	case c.Slug == "" || c.Slug != Slug(c.Slug) || len(c.Slug) > maxCentreSlug:
		return Wrong("slug", "The address takes small letters, digits and hyphens: kettle-recall.")
	case c.Slug == centrePictures && c.Opened.IsZero():
		return Wrong("slug", "Pictures lie under this address. Choose another one.")
	case !slices.Contains(CentreStates, c.State):
		return Wrong("state", "Choose how the crisis stands.")
	case len(c.Draft) > maxCentreLangs:
		return Wrong("draft", "At most {n} languages for one page.", "n", maxCentreLangs)
	}
	return c.checkTexts()
}

func (c *Centre) checkTexts() error {
	langs := map[string]bool{}
	for i := range c.Draft {
		t := &c.Draft[i]
		if langs[t.Lang] || !isLang(t.Lang) {
			return Wrong("draft", "Choose each language once.")
		}
		langs[t.Lang] = true
		if err := t.check(); err != nil {
			return err
		}
	}
	return nil
}

// isLang reports whether s can be a language tag: en, zh-Hant. It becomes the name of a file.
func isLang(s string) bool {
	for i, part := range strings.Split(s, "-") {
		letters := strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") == ""
		if !letters || len(part) < 2 || len(part) > 8 || i == 0 && len(part) > 3 {
			return false
		}
	}
	return len(s) <= 20
}

func (t *CentreText) check() error {
	t.Title, t.About = line(t.Title), strings.TrimSpace(strings.ReplaceAll(t.About, "\r\n", "\n"))
	t.Do, t.Help, t.Press = tidyLines(t.Do), tidyLines(t.Help), tidyLines(t.Press)
	t.Questions = slices.DeleteFunc(slices.Clone(t.Questions), func(q CentreQuestion) bool { return strings.TrimSpace(q.Question+q.Answer) == "" })
	t.number()
	for _, h := range t.Heads.all() {
		if *h = line(*h); utf8.RuneCountInString(*h) > maxCentreHead {
			return Wrong("draft", "A heading has at most {n} characters.", "n", maxCentreHead)
		}
	}
	for _, lines := range [][]string{t.Do, t.Help, t.Press} {
		if len(lines) > maxCentreLines || slices.ContainsFunc(lines, func(l string) bool { return utf8.RuneCountInString(l) > maxCentreLine }) {
			return Wrong("draft", "At most {n} lines of {characters} characters each.", "n", maxCentreLines, "characters", maxCentreLine)
		}
	}
	switch {
	case t.Title == "" || utf8.RuneCountInString(t.Title) > maxCentreTitle:
		return Wrong("draft", "Every language needs a headline of at most {n} characters.", "n", maxCentreTitle)
	case utf8.RuneCountInString(t.About) > maxCentreText:
		return Wrong("draft", "This is too long.")
	case len(t.Questions) > maxCentreAsked || len(t.Rumours) > maxCentreAsked:
		return Wrong("draft", "At most {n} questions on one page.", "n", maxCentreAsked)
	}
	for _, q := range t.Questions {
		if q.Question == "" || q.Answer == "" || utf8.RuneCountInString(q.Question) > maxCentreLine || utf8.RuneCountInString(q.Answer) > maxCentreAnswer {
			return Wrong("draft", "Every question needs an answer of at most {n} characters.", "n", maxCentreAnswer)
		}
	}
	return t.checkRumours()
}

// number gives questions without a name the next free one.
func (t *CentreText) number() {
	last := 0
	for _, q := range t.Questions {
		if n, err := strconv.Atoi(strings.TrimPrefix(q.ID, "q")); err == nil {
			last = max(last, n)
		}
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		q.Question, q.Answer = strings.Join(strings.Fields(q.Question), " "), strings.TrimSpace(strings.ReplaceAll(q.Answer, "\r\n", "\n"))
		if n, err := strconv.Atoi(strings.TrimPrefix(q.ID, "q")); err != nil || n < 1 || q.ID != "q"+strconv.Itoa(n) {
			last++
			q.ID = "q" + strconv.Itoa(last)
		}
	}
}

func (t *CentreText) checkRumours() error {
	for i := range t.Rumours {
		r := &t.Rumours[i]
		r.Claim, r.Answer = strings.TrimSpace(r.Claim), strings.TrimSpace(r.Answer)
		switch {
		case r.Claim == "" || r.Answer == "" || utf8.RuneCountInString(r.Claim) > maxClaim || utf8.RuneCountInString(r.Answer) > maxEvidence:
			return Wrong("draft", "A rumour says what is claimed, and what is right.")
		case !slices.Contains(ClaimVerdicts, r.Verdict) || r.Verdict == ClaimChecking:
			return Wrong("draft", "Choose one of the verdicts.")
		case r.Link != "" && !isLink(r.Link):
			return Wrong("draft", "A link begins with https:// or http://.")
		}
	}
	return nil
}

// Slug makes an address of a name: small letters, digits and hyphens of the Latin alphabet, at most 60 bytes; empty when nothing is left.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= maxCentreSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// textIn is the text of a language among texts; ok is false without one.
func textIn(texts []CentreText, lang string) (CentreText, bool) {
	i := slices.IndexFunc(texts, func(t CentreText) bool { return t.Lang == lang })
	if i < 0 {
		return CentreText{}, false
	}
	return texts[i], true
}

// DraftIn is the draft in a language; ok is false without one.
func (c *Centre) DraftIn(lang string) (CentreText, bool) { return textIn(c.Draft, lang) }

// LiveIn is what is public in a language; ok is false without it.
func (c *Centre) LiveIn(lang string) (CentreText, bool) { return textIn(c.Live, lang) }

// Langs are the languages that the page says something in, its own first.
func (c *Centre) Langs() (langs []string) {
	add := func(lang string) {
		if !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	for _, t := range c.Draft {
		if _, live := c.LiveIn(t.Lang); live {
			add(t.Lang)
		}
	}
	for _, t := range c.Live {
		add(t.Lang)
	}
	for _, u := range c.Updates {
		for _, s := range u.Said {
			if s.Withdrawn.IsZero() {
				add(s.Lang)
			}
		}
	}
	return langs
}

// Signable reports whether what is written, as Written gives it, says something else than what was last sent to be signed.
func (c *Centre) Signable(written []CentreText) bool {
	return len(written) > 0 && !slices.EqualFunc(written, c.Asked.Texts, func(a, b CentreText) bool { return a.equal(&b) })
}

func (t *CentreText) equal(o *CentreText) bool {
	return t.Lang == o.Lang && t.Title == o.Title && t.About == o.About && slices.Equal(t.Do, o.Do) && slices.Equal(t.Help, o.Help) && slices.Equal(t.Press, o.Press) &&
		slices.Equal(t.Questions, o.Questions) && slices.Equal(t.Rumours, o.Rumours) && t.Heads == o.Heads && slices.Equal(t.Contacts, o.Contacts) && slices.Equal(t.Files, o.Files)
}
