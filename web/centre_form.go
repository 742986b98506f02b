package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/internal/say"
)

// centreColumn is one language of a page as it is written.
type centreColumn struct {
	desk.CentreText
	Asked []desk.CentreQuestion // with empty ones to fill in
	Told  []centreRumourRow
}

// centreRumourRow is a claim that the page may show as checked.
type centreRumourRow struct {
	desk.CentreRumour
	Name  string // C2
	Shown bool
}

// centreUpdateView is an update of a page as the desk sees it.
type centreUpdateView struct {
	desk.CentreUpdate
	Title string
	Langs []string
	Gone  bool
}

// Do, Help and Press as a text area has them: a line each.
func (t centreColumn) Lines(of string) string {
	return strings.Join(map[string][]string{"do": t.Do, "help": t.Help, "press": t.Press}[of], "\n")
}

// headingField is a heading of the public page, as people may word it themselves.
type headingField struct {
	Name, Own string
	Ours      desk.Text
	Theirs    string // ours, in the language of the words
}

// Headings are those of the page, in their order there.
func (t centreColumn) Headings() (all []headingField) {
	speak := say.For(t.Lang, "")
	for _, h := range centre.Headings(&t.Heads) {
		all = append(all, headingField{h.Name, *h.Own, h.Ours, speak.Text(h.Ours)})
	}
	return all
}

// newCentrePage is the page without what has to be looked up.
func newCentrePage(one desk.Centre) *centrePage {
	p := &centrePage{Frame: Frame{Area: "centre"}, Page: one, Langs: langChoices()[1:], Level: itoa(int64(desk.Crisis))}
	for l := desk.Normal; l <= desk.Severe; l++ {
		p.Levels = append(p.Levels, choice{itoa(int64(l)), desk.Say("{level} or lower", "level", l)})
	}
	for _, t := range one.Draft {
		if !slices.ContainsFunc(p.Langs, func(l choice) bool { return l.Value == t.Lang }) {
			p.Langs = append(p.Langs, choice{t.Lang, own(centre.LangName(t.Lang))})
		}
	}
	for _, t := range append(slices.Clone(one.Draft), desk.CentreText{}) {
		p.Texts = append(p.Texts, columnOf(one.Draft, t))
	}
	for _, u := range slices.Backward(one.Updates) {
		view := centreUpdateView{CentreUpdate: u, Gone: true}
		for _, s := range u.Said {
			view.Langs = append(view.Langs, s.Lang)
			if view.Title == "" {
				view.Title = s.Title
			}
			view.Gone = view.Gone && !s.Withdrawn.IsZero()
		}
		p.Updates = append(p.Updates, view)
	}
	return p
}

// freeRows is how many empty questions each language has to fill in.
const freeRows = 2

// columnOf lines a language's questions up with those of the first: the same question stands in the same row.
func columnOf(all []desk.CentreText, t desk.CentreText) centreColumn {
	col := centreColumn{CentreText: t}
	var ids []string
	for _, other := range all {
		for _, q := range other.Questions {
			if !slices.Contains(ids, q.ID) {
				ids = append(ids, q.ID)
			}
		}
	}
	for _, id := range ids {
		row := desk.CentreQuestion{ID: id}
		if i := slices.IndexFunc(t.Questions, func(q desk.CentreQuestion) bool { return q.ID == id }); i >= 0 {
			row = t.Questions[i]
		}
		col.Asked = append(col.Asked, row)
	}
	for n := range freeRows {
		col.Asked = append(col.Asked, desk.CentreQuestion{ID: fmt.Sprintf("q%d", freeNumber(ids)+n)})
	}
	return col
}

// freeNumber is the first number that no question has had.
func freeNumber(ids []string) int {
	n := 0
	for _, id := range ids {
		n = max(n, int(number(strings.TrimPrefix(id, "q"))))
	}
	return n + 1
}

// centreOf reads the form.
func centreOf(r *http.Request, was desk.Centre) desk.Centre {
	f := r.PostForm
	was.Name, was.Slug, was.Scenario, was.NoIndex = f.Get("name"), f.Get("slug"), f.Get("scenario"), f.Get("no_index") != ""
	was.Version, was.Draft = int(number(f.Get("version"))), nil
	for i := range f["lang"] {
		t := desk.CentreText{Lang: at(r, "lang", i), Title: at(r, "title", i), About: at(r, "about", i), Do: strings.Split(at(r, "do", i), "\n"),
			Help: strings.Split(at(r, "help", i), "\n"), Press: strings.Split(at(r, "press", i), "\n")}
		for _, h := range centre.Headings(&t.Heads) {
			*h.Own = at(r, "head_"+h.Name, i)
		}
		n := itoa(int64(i))
		for j, id := range f["q_id-"+n] {
			t.Questions = append(t.Questions, desk.CentreQuestion{ID: id, Question: at(r, "q-"+n, j), Answer: at(r, "a-"+n, j)})
		}
		for j, id := range f["r_id-"+n] {
			if slices.Contains(f["r_show-"+n], id) {
				checked, _ := time.Parse(time.RFC3339, at(r, "r_at-"+n, j)) // ours; a broken one is none
				t.Rumours = append(t.Rumours, desk.CentreRumour{ClaimID: number(id), Claim: at(r, "r_claim-"+n, j), Answer: at(r, "r_answer-"+n, j), Verdict: at(r, "r_verdict-"+n, j), Link: at(r, "r_link-"+n, j), At: checked})
			}
		}
		if strings.TrimSpace(t.Title+t.About+strings.Join(t.Do, "")+strings.Join(t.Help, "")) != "" {
			was.Draft = append(was.Draft, t)
		}
	}
	return was
}
