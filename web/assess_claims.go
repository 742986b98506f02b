package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/assess"
	"breakwater/desk"
)

// claimsPage lists the claims of an incident.
type claimsPage struct {
	Frame
	Nav    assessNav
	Claims []desk.Claim
	Fresh  claimForm
}

// claimForm is a claim as a form has it.
type claimForm struct {
	desk.Claim
	Verdicts []choice
	Facts    []checkView // confirmed ones of the incident
	Mention  int64       // that it is made from
	Langs    []choice
}

func newClaimForm(c desk.Claim, facts []desk.Fact) claimForm {
	f := claimForm{Claim: c, Verdicts: named("verdict", desk.ClaimVerdicts...)}
	for _, l := range []string{"en", "he", "pl", "id", "zh-Hant", "sv", "und"} {
		f.Langs = append(f.Langs, choice{l, own(langName(l))})
	}
	for _, x := range facts {
		if x.State == desk.FactConfirmed {
			f.Facts = append(f.Facts, checkView{choice{itoa(x.ID), own(x.Name() + " " + x.Text)}, slices.Contains(c.Facts, x.ID)})
		}
	}
	return f
}

func (c *Console) claimList(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.claimsPage(r, id)
	if err != nil {
		return err
	}
	if m := number(r.URL.Query().Get("mention")); m != 0 {
		mention, err := c.Radar.One(r.Context(), m)
		if err != nil {
			return err
		}
		p.Fresh.Text, p.Fresh.Lang, p.Fresh.Mention = cutText(mention.Text, 300), mention.Lang, m
	}
	return c.render(w, r, "assess/claims", p)
}

// cutText is the beginning of a text, at most n characters.
func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (c *Console) claimsPage(r *http.Request, id int64) (*claimsPage, error) {
	ctx := r.Context()
	i, err := c.Rooms.One(ctx, id)
	if err != nil {
		return nil, err
	}
	claims, err := c.Assess.Claims.List(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &claimsPage{Frame: Frame{Area: "room"}, Nav: assessNav{i, "claims"}, Claims: claims}
	p.Fresh = newClaimForm(desk.Claim{Lang: visitOf(r).speak.Tag()}, nil)
	return p, nil
}

// claimOf reads a claim from a form.
func claimOf(r *http.Request) desk.Claim {
	c := desk.Claim{Text: r.PostFormValue("text"), Lang: r.PostFormValue("lang"), Verdict: r.PostFormValue("verdict"), Evidence: r.PostFormValue("evidence"),
		Links: strings.Split(r.PostFormValue("links"), "\n"), Correction: r.PostFormValue("correction"), Words: strings.Split(r.PostFormValue("words"), "\n"),
		Version: int(number(r.PostFormValue("version")))}
	for _, id := range r.PostForm["facts"] {
		c.Facts = append(c.Facts, number(id))
	}
	return c
}

func (c *Console) claimAdd(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	claim := claimOf(r)
	claim.IncidentID = id
	var first []int64
	if m := number(r.PostFormValue("mention")); m != 0 {
		first = []int64{m}
	}
	kept, err := c.Assess.Claims.Add(r.Context(), claim, first...)
	if err == nil {
		return seeOther(w, r, "/claims/"+itoa(kept.ID), "saved")
	}
	if invalids(err) == nil {
		return err
	}
	p, perr := c.claimsPage(r, id)
	if perr != nil {
		return perr
	}
	p.Fresh = newClaimForm(claim, nil)
	return c.again(w, r, "assess/claims", p, err)
}

// claimPage is one claim with how far it got, who makes it, and who may.
type claimPage struct {
	Frame
	Nav      assessNav
	Track    assess.Track
	Form     claimForm
	Chart    chart
	Networks []shareView
	Makers   []linkView
	Apart    []linkView
	Similar  []similarView
}

// linkView is a mention with what was said about it.
type linkView struct {
	mentionView
	Who string
}

// similarView is a mention that may make the claim.
type similarView struct {
	mentionView
	Likeness float64
	Why      desk.Text
}

func (c *Console) claimShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.claimPage(r, id)
	if err != nil {
		return err
	}
	return c.render(w, r, "assess/claim", p)
}

func (c *Console) claimPage(r *http.Request, id int64) (*claimPage, error) {
	ctx, v := r.Context(), visitOf(r)
	t, err := c.Assess.Claims.Track(ctx, id)
	if err != nil {
		return nil, err
	}
	i, err := c.Rooms.One(ctx, t.IncidentID)
	if err != nil {
		return nil, err
	}
	facts, err := c.Assess.Facts.List(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	similar, err := c.Assess.Claims.Suggest(ctx, id)
	if err != nil {
		return nil, err
	}
	return newClaimPage(i, t, facts, similar, zone(v.brand)), nil
}

func newClaimPage(i desk.Incident, t assess.Track, facts []desk.Fact, similar []assess.Similar, z *time.Location) *claimPage {
	p := &claimPage{Frame: Frame{Area: "room"}, Nav: assessNav{i, "claims"}, Track: t, Form: newClaimForm(t.Claim, facts),
		Networks: shareViews(t.Spread.Networks, networkName, nil), Makers: linkViews(t.Makers, z), Apart: linkViews(t.Apart, z)}
	if n := len(t.Spread.Points); n > 0 {
		step := time.Hour
		if span := t.Spread.Last.Sub(t.Spread.First); span < 6*time.Hour {
			step = 15 * time.Minute
		}
		from := t.Spread.First.Truncate(step)
		p.Chart = chart{From: from, To: t.Spread.Last.Truncate(step).Add(step), Step: step, Zone: z, Points: joined(t.Spread.Points, step), Moodless: true}
	}
	for _, s := range similar {
		p.Similar = append(p.Similar, similarView{mentionView{Mention: s.Mention, Zone: z}, s.Likeness, s.Why})
	}
	return p
}

// joined are points with a longer step.
func joined(points []desk.Point, step time.Duration) (out []desk.Point) {
	for _, p := range points {
		p.At = p.At.Truncate(step)
		if n := len(out); n > 0 && out[n-1].At.Equal(p.At) {
			out[n-1].Count += p.Count
			continue
		}
		out = append(out, p)
	}
	return out
}

func linkViews(all []assess.LinkMention, z *time.Location) (views []linkView) {
	for _, l := range all {
		if l.Mention.ID != 0 {
			views = append(views, linkView{mentionView{Mention: l.Mention, Zone: z}, l.Who})
		}
	}
	return views
}

func (c *Console) claimSave(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return desk.Wrong("form", "This is too long.")
	}
	claim := claimOf(r)
	claim.ID = id
	_, err = c.Assess.Claims.Save(r.Context(), claim)
	if err == nil {
		return seeOther(w, r, "/claims/"+itoa(id), "saved")
	}
	if invalids(err) == nil {
		return err
	}
	p, perr := c.claimPage(r, id)
	if perr != nil {
		return perr
	}
	claim.Number = p.Track.Number
	form := newClaimForm(claim, nil)
	form.Facts = p.Form.Facts
	p.Form = form
	return c.again(w, r, "assess/claim", p, err)
}

// claimLink keeps what a person says about a mention: it makes the claim, it does not, or nothing again.
func (c *Console) claimLink(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	claim, mention := id, []int64{number(r.PostFormValue("mention"))}
	do := map[string]func(context.Context) error{
		"makes":  func(ctx context.Context) error { return c.Assess.Claims.Link(ctx, claim, mention, true) },
		"not":    func(ctx context.Context) error { return c.Assess.Claims.Link(ctx, claim, mention, false) },
		"forget": func(ctx context.Context) error { return c.Assess.Claims.Unlink(ctx, claim, mention) },
	}[r.PostFormValue("say")]
	if do == nil {
		return desk.Wrong("say", "Choose one of the answers.")
	}
	if err := do(r.Context()); err != nil {
		return err
	}
	return seeOther(w, r, "/claims/"+itoa(claim), "saved")
}

// claimReviews are the decided claims of an incident as ClaimReview.
func (c *Console) claimReviews(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	all, err := c.Assess.Claims.Reviews(r.Context(), id)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	return sendFile(w, assess.File{Name: "claims-" + itoa(id) + ".jsonld", Type: "application/ld+json", Body: body})
}

// claimSit takes up everybody who asked about a claim or spread it, and leads to them.
func (c *Console) claimSit(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	_, left, err := c.Queue.Sit(r.Context(), id)
	if err != nil {
		return err
	}
	to := "/inbox?view=waiting&claim=" + itoa(id)
	if left > 0 {
		to += "&left=" + itoa(int64(left))
	}
	return seeOther(w, r, to, "sitting")
}
