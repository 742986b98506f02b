package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/approve"
	"breakwater/approve/advice"
	"breakwater/desk"
)

// statementPage is where words are written, looked through, signed and let out.
type statementPage struct {
	Frame
	Statement desk.Statement
	Around    approve.Around
	Room      *desk.Incident
	Kinds     []choice
	Levels    []choice
	Ways      []choice // strategies
	Stands    []choice // how the crisis can stand with it
	Notify    []choice // who of the subscribers can be written to
	Langs     []choice
	Targets   []choice
	Messages  []messageView
	Variants  []variantView
	Findings  []desk.Finding // between the variants, and of the whole
	Seats     []seatView
	Changes   []approve.Change // since this person looked last
	Before    *desk.StatementVersion
	MaySign   bool
	MayNot    desk.Text // why not
	Hash      string
	Why       string // kept when it could not be taken
	Posts     []postView
	As        *accountsView // as whom it goes out; nil while it may not
}

// messageView is a key message in the form.
type messageView struct {
	Text  string
	Facts string // "F1, F3"
	Rests []desk.Fact
}

// variantView is a variant in the form, with how it looks there.
type variantView struct {
	desk.Variant
	Target   string // "channel:5" or "kind:mastodon"
	Where    string
	Accounts []accountView // that say it
	Cites    string
	Used     int // in the network's own counting
	Limit    int // 0: none
	Pictures []pictureView
	Findings []desk.Finding
	Hints    []desk.Finding
}

// Over reports whether it is longer than the network takes.
func (v variantView) Over() bool { return v.Limit > 0 && v.Used > v.Limit }

// seatView is one signature that is needed.
type seatView struct {
	desk.Signature
	Person, Deputy string
	Late           bool
}

// postView is a post that was made of the statement.
type postView struct {
	desk.Post
	Channel string
}

// usualMessages are as many key messages as people keep in mind; one more than there are can always be written.
const usualMessages = 3

func (c *Console) statementPage(r *http.Request, s desk.Statement) (*statementPage, error) {
	ctx := r.Context()
	p := &statementPage{Statement: s, Kinds: named("statement", desk.StatementKinds...), Langs: spoken()}
	p.Brands = visitOf(r).brands // for the accounts' colours
	var err error
	if p.Around, err = c.Words.Around(ctx, s); err != nil {
		return nil, err
	}
	if s.IncidentID != 0 {
		i, err := c.Rooms.One(ctx, s.IncidentID)
		if err != nil {
			return nil, err
		}
		p.Room = &i
	}
	p.Levels, p.Ways = statementLevels(), append([]choice{{"", desk.Say("Not chosen")}}, named("strategy", desk.Strategies...)...)
	p.Notify = named("notify", desk.Notifies...)
	p.Stands = named("stands", append([]string{""}, desk.CentreStates...)...)
	p.Targets = targets(p.Around.Channels)
	for _, post := range p.Around.Posts {
		p.Posts = append(p.Posts, postView{post, channelName(p.Around.Channels, post.ChannelID)})
	}
	if p.Seats, err = c.seatViews(ctx, s); err != nil {
		return nil, err
	}
	if s.ID != 0 {
		if err := p.compare(ctx, c); err != nil {
			return nil, err
		}
	}
	if s.State == desk.StatementApproved {
		if p.As, err = c.accounts(ctx, visitOf(r), s); err != nil {
			return nil, err
		}
	}
	p.Hash = s.Hash()
	p.judge(visitOf(r).actor)
	p.look(ctx, c)
	if c.Assess.Adviser == nil {
		return p, nil
	}
	unfit, err := c.Assess.Adviser.Unfit(ctx, s)
	p.Findings = append(p.Findings, unfit...)
	return p, err
}

// statementLevels are the levels whose approval rule can hold.
func statementLevels() (all []choice) {
	for l := desk.Normal; l <= desk.Severe; l++ {
		all = append(all, choice{strconv.Itoa(int(l)), desk.Say(l.String())})
	}
	return all
}

// Live is how many posts of the statement are out.
func (p *statementPage) Live() (n int) {
	for i := range p.Posts {
		if p.Posts[i].Published() {
			n++
		}
	}
	return n
}

// Now is the present, for promises.
func (p *statementPage) Now() time.Time { return time.Now() }

// compare finds what changed since the person looked last.
func (p *statementPage) compare(ctx context.Context, c *Console) error {
	now, before, err := c.Words.Look(ctx, p.Statement.ID)
	if err != nil || now == nil || before == nil {
		return err
	}
	p.Before, p.Changes = before, approve.Changes(before.Words, now.Words)
	return nil
}

// judge says whether the person signs, and if not why.
func (p *statementPage) judge(a desk.Actor) {
	if p.Statement.State != desk.StatementReview {
		return
	}
	_, err := p.Statement.Seat(desk.Signer{ID: a.UserID, Name: a.Name, Role: a.Role})
	p.MaySign = err == nil
	if wrong := invalids(err); len(wrong) > 0 {
		p.MayNot = wrong[0].Reason
	}
}

// take shows other words than the stored ones.
func (p *statementPage) take(w desk.Words) {
	s := &p.Statement
	s.Title, s.Kind, s.Level, s.Campaign, s.Strategy, s.Stands, s.Notify, s.Messages, s.Variants = w.Title, w.Kind, w.Level, w.Campaign, w.Strategy, w.Stands, w.Notify, w.Messages, w.Variants
	_ = s.Check() // gives new variants their ids; what is wrong is said when it is saved
}

// look puts the words into the form and finds what is to be said about them.
func (p *statementPage) look(ctx context.Context, c *Console) {
	s := p.Statement
	p.Messages, p.Variants = nil, nil
	for _, m := range s.Messages {
		p.Messages = append(p.Messages, messageView{m.Text, factNames(m.Facts, p.Around.Facts), factsOf(m.Facts, p.Around.Facts)})
	}
	for n := 0; n == 0 || len(p.Messages) < usualMessages; n++ {
		p.Messages = append(p.Messages, messageView{})
	}
	if len(s.Variants) == 0 {
		s.Variants = []desk.Variant{{Lang: p.lang()}}
	}
	for _, v := range s.Variants {
		p.Variants = append(p.Variants, p.variantView(ctx, c, s, v))
	}
	p.Findings = approve.Agree(p.Statement)
}

// lang is the language in which a first variant is offered: that of the brand's first channel, or the reader's.
func (p *statementPage) lang() string {
	for _, ch := range p.Around.Channels {
		if ch.Lang != "" {
			return ch.Lang
		}
	}
	return "en"
}

func (p *statementPage) variantView(ctx context.Context, c *Console, s desk.Statement, v desk.Variant) variantView {
	view := variantView{Variant: v, Target: targetOf(v), Cites: factNames(v.Facts, p.Around.Facts), Used: utf8.RuneCountInString(v.Text)}
	view.Where, view.Pictures = networkName(v.Kind), pictureViews(v.Media)
	for _, ch := range p.Around.Channels {
		if ch.ID == v.ChannelID || v.ChannelID == 0 && ch.Kind == v.Kind {
			view.Accounts = append(view.Accounts, accountOf(p.Brands, ch))
		}
		if ch.ID == v.ChannelID {
			view.Where, view.Limit = ch.Name, ch.Limits.Text
		}
	}
	if c.Words.Measure != nil {
		view.Used, view.Limit = c.Words.Measure(p.channelOf(v), v)
	}
	if v.Text == "" {
		return view
	}
	view.Hints = advice.Read(v.Lang, s.Kind, v.Text)
	if c.Words.Check != nil {
		view.Findings = c.Words.Check(ctx, s, v, time.Time{})
		view.Hints = slices.DeleteFunc(view.Hints, func(f desk.Finding) bool { return f.Check == advice.MixedCheck }) // a check says it already
	}
	return view
}

// channelOf is the channel that a variant is for; without one of its own, one of its kind as far as its rules go.
func (p *statementPage) channelOf(v desk.Variant) desk.Channel {
	for _, ch := range p.Around.Channels {
		if ch.ID == v.ChannelID && v.ChannelID != 0 || v.ChannelID == 0 && ch.Kind == v.Kind {
			return ch
		}
	}
	return desk.Channel{Kind: v.Kind}
}

func (c *Console) seatViews(ctx context.Context, s desk.Statement) (all []seatView, err error) {
	if len(s.Needs) == 0 {
		return nil, nil
	}
	names, err := c.Words.Names(ctx)
	now := time.Now()
	for _, n := range s.Needs {
		all = append(all, seatView{n, names[n.UserID], names[n.DeputyID], n.Verdict == "" && !n.Due.IsZero() && now.After(n.Due)})
	}
	return all, err
}

// spoken are the languages that advice and checks know; what else a channel speaks may be chosen for it there.
func spoken() (all []choice) {
	for _, tag := range []string{"en", "he", "pl", "id", "zh-Hant", "zh-Hans", "sv", "de", "fr", "es", "it", "nl", "ar", "uk"} {
		all = append(all, choice{tag, own(langName(tag))})
	}
	return all
}

// kindsOfChannel can be written for before a channel of theirs is connected.
var kindsOfChannel = []string{"mastodon", "bluesky", "wordpress", "email", "hook", "checklist", "sandbox"}

// targets are where a variant can go: the brand's channels, then kinds of channel.
func targets(channels []desk.Channel) (all []choice) {
	for _, ch := range channels {
		all = append(all, choice{"channel:" + itoa(ch.ID), own(ch.Name + " · " + networkName(ch.Kind))})
	}
	for _, k := range kindsOfChannel {
		all = append(all, choice{"kind:" + k, desk.Say("All of the kind {kind}", "kind", networkName(k))})
	}
	return all
}

func targetOf(v desk.Variant) string {
	if v.ChannelID != 0 {
		return "channel:" + itoa(v.ChannelID)
	}
	return "kind:" + v.Kind
}

func channelName(all []desk.Channel, id int64) string {
	for _, ch := range all {
		if ch.ID == id {
			return ch.Name
		}
	}
	return "#" + itoa(id)
}

// factNames writes facts as people cite them: "F1, F3".
func factNames(ids desk.IDs, facts []desk.Fact) string {
	var names []string
	for _, f := range factsOf(ids, facts) {
		names = append(names, "F"+strconv.Itoa(f.Number))
	}
	return strings.Join(names, ", ")
}

func factsOf(ids desk.IDs, facts []desk.Fact) (all []desk.Fact) {
	for _, f := range facts {
		if slices.Contains(ids, f.ID) {
			all = append(all, f)
		}
	}
	return all
}

// factIDs reads what factNames wrote.
func factIDs(said string, facts []desk.Fact) (ids desk.IDs, err error) {
	for _, word := range strings.FieldsFunc(said, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '、' || r == '，' }) {
		n, perr := strconv.Atoi(strings.TrimLeft(strings.ToUpper(word), "F#"))
		i := slices.IndexFunc(facts, func(f desk.Fact) bool { return f.Number == n })
		if perr != nil || i < 0 {
			return ids, desk.Wrong("facts", "There is no fact {fact} in this incident.", "fact", word)
		}
		ids = append(ids, facts[i].ID)
	}
	return ids, nil
}

// wordsOf reads the form. take is asked for the file that came with a row of it; nil: files are not looked at.
func wordsOf(r *http.Request, was desk.Words, facts []desk.Fact, take func(row int) ([]desk.Media, error)) (w desk.Words, err error) {
	if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return was, err
	}
	f := r.PostForm
	w = desk.Words{Title: f.Get("title"), Kind: f.Get("kind"), Level: desk.Level(number(f.Get("level"))), Campaign: strings.TrimSpace(f.Get("campaign")), Strategy: f.Get("strategy"), Stands: f.Get("stands"), Notify: f.Get("notify")}
	at := func(name string, i int) string {
		if all := f[name]; i < len(all) {
			return all[i]
		}
		return ""
	}
	for i, text := range f["message"] {
		ids, ferr := factIDs(at("message_facts", i), facts)
		if ferr != nil {
			err = ferr
		}
		if strings.TrimSpace(text) != "" {
			w.Messages = append(w.Messages, desk.KeyMessage{Text: text, Facts: ids})
		}
	}
	for i, id := range f["v_id"] {
		if slices.Contains(f["v_remove"], id) && id != "" {
			continue
		}
		v := desk.Variant{ID: id, Lang: at("v_lang", i), Title: at("v_title", i), Text: at("v_text", i)}
		v.ChannelID, v.Kind = target(at("v_to", i))
		v.Media = mediaOf(f, i)
		if take != nil {
			more, merr := take(i)
			if merr != nil {
				err = merr
			}
			v.Media = append(v.Media, more...)
		}
		ids, ferr := factIDs(at("v_facts", i), facts)
		if ferr != nil {
			err = ferr
		}
		v.Facts = ids
		if id == "" && strings.TrimSpace(v.Text) == "" && len(v.Media) == 0 && f.Get("add") == "" && len(f["v_id"]) > 1 {
			continue
		}
		w.Variants = append(w.Variants, v)
	}
	if f.Get("add") != "" {
		last := desk.Variant{Lang: "en"}
		if n := len(w.Variants); n > 0 {
			last = desk.Variant{Lang: w.Variants[n-1].Lang}
		}
		last.ChannelID, last.Kind = target(f.Get("add_to"))
		w.Variants = append(w.Variants, last)
	}
	return w, err
}

func target(s string) (channelID int64, kind string) {
	if id, ok := strings.CutPrefix(s, "channel:"); ok {
		return number(id), ""
	}
	return 0, strings.TrimPrefix(s, "kind:")
}
