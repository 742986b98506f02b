package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/preflight"
	"breakwater/publish"
)

func (c *Console) postRoutes() []route {
	return []route{
		{"GET /calendar", desk.Viewer, c.calendarShow},
		{"GET /posts", desk.Viewer, c.postList},
		{"GET /posts/{id}", desk.Viewer, c.postShow},
		{"POST /posts/{id}/move", desk.Lead, c.postMove},
		{"POST /posts/{id}/decide", desk.Lead, c.postDecide},
		{"POST /posts/{id}/drop", desk.Lead, c.postDrop},
		{"POST /posts/{id}/edit", desk.Lead, c.postEdit},
		{"POST /posts/{id}/retry", desk.Lead, c.postRetry},
		{"POST /posts/{id}/settle", desk.Lead, c.postSettle},
		{"POST /posts/{id}/withdraw", desk.Lead, c.postWithdraw},
		{"GET /matrix", desk.Viewer, c.matrixShow},
	}
}

// postRow is a post as lists show it.
type postRow struct {
	desk.Post
	Channel string
	Kind    string // of the channel
	Colour  int    // of the channel, 1 … 6
	Clock   string // its time of day
	Passed  bool   // its time has passed without it going out
	Bursts  string // a word of a held post that bursts right now
	Icon    string
}

// shortText is how much of a post lists show, in characters.
const shortText = 160

// Short is the beginning of what the post says.
func (p postRow) Short() string {
	text := p.Text
	if p.Title != "" {
		text = p.Title + " · " + text
	}
	if r := []rune(text); len(r) > shortText {
		return string(r[:shortText]) + "…"
	}
	return text
}

// Moves reports whether the post can be given another time.
func (p postRow) Moves() bool { return p.State == desk.PostWaiting || p.State == desk.PostHeld }

var postIcons = map[string]string{
	desk.PostWaiting: "clock", desk.PostHeld: "pause", desk.PostClaimed: "send", desk.PostUnknown: "ask", desk.PostSent: "out", desk.PostVerified: "check",
	desk.PostFailed: "warn", desk.PostDropped: "close", desk.PostWithdrawn: "close", desk.PostReplaced: "copy",
}

func postRows(all []desk.Post, channels []desk.Channel, zone *time.Location) []postRow {
	views := make([]postRow, len(all))
	now := time.Now()
	for i, p := range all {
		v := postRow{Post: p, Colour: 6, Clock: p.Due.In(zone).Format("15:04"), Passed: p.Overdue(now), Icon: postIcons[p.State]}
		for k, c := range channels {
			if c.ID == p.ChannelID {
				v.Channel, v.Kind, v.Colour = c.Name, c.Kind, k%6+1
			}
		}
		views[i] = v
	}
	return views
}

// calendarPage is what goes out when.
type calendarPage struct {
	Frame
	View       string // week, month, agenda
	Channel    int64
	Channels   []desk.Channel
	Days       []calendarDay
	Title      string
	Prev, Next string
	Today      string
	InReview   []desk.Statement // wait for their approvals: they have no time yet
	Counts     map[string]int
}

// calendarDay is one day of it.
type calendarDay struct {
	Date      string // 2026-11-21
	At        time.Time
	Today     bool
	Past      bool
	Outside   bool // of the month that is shown
	Posts     []postRow
	Occasions []desk.Occasion
	Sensitive []string   // names of days of remembrance: a post needs a second opinion
	Hold      *desk.Hold // that was on at some time of the day
}

const (
	dayForm      = "2006-01-02"
	agendaDays   = 30
	mostOfPeriod = 1000 // posts that one look at the calendar shows
)

// period is the days that a view shows around a day.
func period(view string, day time.Time) (from, to, prev, next time.Time) {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	switch view {
	case "month":
		first := day.AddDate(0, 0, 1-day.Day())
		from = first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
		last := first.AddDate(0, 1, -1)
		to = last.AddDate(0, 0, 7-(int(last.Weekday())+6)%7)
		return from, to, first.AddDate(0, -1, 0), first.AddDate(0, 1, 0)
	case "agenda":
		return day, day.AddDate(0, 0, agendaDays), day.AddDate(0, 0, -agendaDays), day.AddDate(0, 0, agendaDays)
	}
	return monday, monday.AddDate(0, 0, 7), monday.AddDate(0, 0, -7), monday.AddDate(0, 0, 7)
}

func (c *Console) calendarShow(w http.ResponseWriter, r *http.Request) error {
	v, q, ctx := visitOf(r), r.URL.Query(), r.Context()
	z := zone(v.brand)
	now := time.Now().In(z)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, z)
	day, err := time.ParseInLocation(dayForm, q.Get("day"), z)
	if err != nil {
		day = today
	}
	p := &calendarPage{View: q.Get("view"), Channel: number(q.Get("channel")), Today: today.Format(dayForm)}
	if p.View != "month" && p.View != "agenda" {
		p.View = "week"
	}
	from, to, prev, next := period(p.View, day)
	p.Prev, p.Next = calendarPath(p.View, p.Channel, prev), calendarPath(p.View, p.Channel, next)
	if p.Channels, err = c.Outbox.Channels(ctx, v.brand.ID); err != nil {
		return err
	}
	posts, err := c.Outbox.List(ctx, desk.PostFilter{BrandID: v.brand.ID, ChannelID: p.Channel, From: from, To: to, ByDue: true, Paging: desk.Paging{Limit: mostOfPeriod}})
	if err != nil {
		return err
	}
	posts = slices.DeleteFunc(posts, func(p desk.Post) bool { return p.State == desk.PostDropped })
	occasions, err := c.Occasions.List(ctx, v.brand.ID, from, to)
	if err != nil {
		return err
	}
	sensitive, err := c.Preflight.Days(ctx, v.brand.ID, from, to)
	if err != nil {
		return err
	}
	holds, err := c.Outbox.Holds(ctx, false, desk.Paging{Limit: 100})
	if err != nil {
		return err
	}
	holds = slices.DeleteFunc(holds, func(h desk.Hold) bool {
		return h.Elective() || h.DrillID != 0 || h.BrandID != 0 && h.BrandID != v.brand.ID
	})
	if p.InReview, err = c.Outbox.InReview(ctx, v.brand.ID); err != nil {
		return err
	}
	if p.Counts, err = c.Outbox.Counts(ctx, v.brand.ID); err != nil {
		return err
	}
	p.Days = calendarDays(p.View, from, to, day, today, marks{postRows(posts, p.Channels, z), occasions, sensitive, holds}, z)
	p.Title = v.speak.Day(from) + " – " + v.speak.Day(to.AddDate(0, 0, -1))
	if p.View == "month" {
		p.Title = v.speak.Month(day)
	}
	return c.render(w, r, "calendar/calendar", p)
}

func calendarPath(view string, channel int64, day time.Time) string {
	q := url.Values{"view": {view}, "day": {day.Format(dayForm)}}
	if channel != 0 {
		q.Set("channel", itoa(channel))
	}
	return "/calendar?" + q.Encode()
}

// marks are what the days of a calendar have.
type marks struct {
	posts     []postRow
	occasions []desk.Occasion
	sensitive []preflight.Day
	holds     []desk.Hold
}

// calendarDays puts posts, occasions, sensitive days and holds into days. The agenda leaves out days without anything.
func calendarDays(view string, from, to, day, today time.Time, m marks, z *time.Location) (days []calendarDay) {
	for at := from; at.Before(to); at = at.AddDate(0, 0, 1) {
		end := at.AddDate(0, 0, 1)
		d := calendarDay{Date: at.Format(dayForm), At: at, Today: at.Equal(today), Past: at.Before(today), Outside: view == "month" && at.Month() != day.Month()}
		for _, p := range m.posts {
			if due := p.Due.In(z); !due.Before(at) && due.Before(end) {
				d.Posts = append(d.Posts, p)
			}
		}
		for _, o := range m.occasions {
			if o.From.Before(end) && o.To.After(at) {
				d.Occasions = append(d.Occasions, o)
			}
		}
		for _, is := range m.sensitive {
			if is.Date.Equal(at) {
				d.Sensitive = append(d.Sensitive, is.Name)
			}
		}
		for i := range m.holds {
			if h := &m.holds[i]; h.At.Before(end) && (h.Live() && !at.After(time.Now()) || h.Ended.After(at)) {
				d.Hold = h
			}
		}
		if view != "agenda" || len(d.Posts)+len(d.Occasions)+len(d.Sensitive) > 0 || d.Hold != nil {
			days = append(days, d)
		}
	}
	return days
}

// postsPage is the queue, or any other list of posts.
type postsPage struct {
	Frame
	Show     string
	Posts    []postRow
	InReview []desk.Statement // of the queue: they have no time before they are approved
	Counts   map[string]int
	Pager    pagerView
}

// postTabs are the states that the tabs of the list show.
var postTabs = map[string][]string{
	"queue": {desk.PostWaiting, desk.PostClaimed}, "held": {desk.PostHeld}, "look": {desk.PostFailed, desk.PostUnknown},
	"out": {desk.PostSent, desk.PostVerified}, "over": {desk.PostDropped, desk.PostWithdrawn, desk.PostReplaced},
}

const postsShown = 50

func (c *Console) postList(w http.ResponseWriter, r *http.Request) error {
	ctx, brand, q := r.Context(), visitOf(r).brand, r.URL.Query()
	p := &postsPage{Frame: Frame{Area: "calendar"}, Show: q.Get("show")}
	if postTabs[p.Show] == nil {
		p.Show = "queue"
	}
	channels, err := c.Outbox.Channels(ctx, brand.ID)
	if err != nil {
		return err
	}
	list, err := c.Outbox.List(ctx, desk.PostFilter{BrandID: brand.ID, StatementID: number(q.Get("statement")), States: postTabs[p.Show], Paging: desk.Paging{Before: number(q.Get("before")), Limit: postsShown + 1}})
	if err != nil {
		return err
	}
	list, p.Pager = pieceOf(r, list, postsShown, func(p desk.Post) int64 { return p.ID })
	if p.Show == "queue" {
		if p.InReview, err = c.Outbox.InReview(ctx, brand.ID); err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b desk.Post) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Place, b.Place)) })
	}
	p.Posts = postRows(list, channels, zone(brand))
	if p.Counts, err = c.Outbox.Counts(ctx, brand.ID); err != nil {
		return err
	}
	return c.render(w, r, "calendar/posts", p)
}

// postPage is one post with all that became of it.
type postPage struct {
	Frame
	Post      postRow
	Statement desk.Statement
	Needs     []desk.Signature
	Entries   []entryView
	As        *accountView // that says it; nil when its channel was removed
	Due       string       // as the form takes it
}

func (c *Console) postShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.postPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "calendar/post", p)
}

func (c *Console) postPage(r *http.Request) (*postPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	ctx, z := r.Context(), zone(visitOf(r).brand)
	one, err := c.Outbox.One(ctx, id)
	if err != nil {
		return nil, err
	}
	channels, err := c.Outbox.Channels(ctx, one.BrandID)
	if err != nil {
		return nil, err
	}
	s, err := c.Outbox.Statement(ctx, one.StatementID)
	if err != nil {
		return nil, err
	}
	entries, err := c.Journal.List(ctx, desk.EntryFilter{On: "post:" + itoa(id), Paging: desk.Paging{Limit: 100}})
	if err != nil {
		return nil, err
	}
	p := &postPage{Frame: Frame{Area: "calendar"}, Post: postRows([]desk.Post{one}, channels, z)[0], Statement: s, Needs: s.Needs, Entries: entryViews(entries, z)}
	p.Due = one.Due.In(z).Format(clockForm)
	if i := slices.IndexFunc(channels, func(ch desk.Channel) bool { return ch.ID == one.ChannelID }); i >= 0 {
		as := accountOf(visitOf(r).brands, channels[i])
		p.As = &as
	}
	return p, nil
}

// postDid answers a form about a post: back to it, or the page once more with what was wrong.
func (c *Console) postDid(w http.ResponseWriter, r *http.Request, did string, err error) error {
	id, perr := pathID(r)
	if perr != nil {
		return perr
	}
	if err == nil {
		return seeOther(w, r, "/posts/"+itoa(id), did)
	}
	if len(invalids(err)) == 0 {
		return err
	}
	p, perr := c.postPage(r)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "calendar/post", p, err)
}

// postMove takes a time, or a day that keeps the time of day: that is what dragging sends.
func (c *Console) postMove(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	z := zone(visitOf(r).brand)
	due, err := time.ParseInLocation(clockForm, r.PostFormValue("due"), z)
	if day, derr := time.ParseInLocation(dayForm, r.PostFormValue("day"), z); derr == nil {
		p, perr := c.Outbox.One(r.Context(), id)
		if perr != nil {
			return perr
		}
		was := p.Due.In(z)
		due, err = time.Date(day.Year(), day.Month(), day.Day(), was.Hour(), was.Minute(), was.Second(), 0, z), nil
	}
	if err != nil {
		due = time.Time{} // refused as no time to come
	}
	_, err = c.Outbox.Move(r.Context(), id, due)
	return c.postDid(w, r, "moved", err)
}

func (c *Console) postDecide(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	due, _ := time.ParseInLocation(clockForm, r.PostFormValue("due"), zone(visitOf(r).brand)) // what cannot be read is refused as no time
	return c.postDid(w, r, "decided", c.decide(r.Context(), id, r.PostFormValue("decision"), due, r.PostFormValue("why")))
}

func (c *Console) postDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err == nil {
		_, err = c.Outbox.Drop(r.Context(), id, r.PostFormValue("why"))
	}
	return c.postDid(w, r, "dropped", err)
}

func (c *Console) postEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err == nil {
		_, err = c.Outbox.Edit(r.Context(), id, r.PostFormValue("why"))
	}
	return c.postDid(w, r, "settled", err)
}

func (c *Console) postRetry(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err == nil {
		_, err = c.Outbox.Retry(r.Context(), id)
	}
	return c.postDid(w, r, "settled", err)
}

func (c *Console) postSettle(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err == nil {
		_, err = c.Outbox.Settle(r.Context(), id, r.PostFormValue("there") == "yes", strings.TrimSpace(r.PostFormValue("link")))
	}
	return c.postDid(w, r, "settled", err)
}

func (c *Console) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err == nil {
		_, err = c.Outbox.Withdraw(r.Context(), id, r.PostFormValue("why"))
	}
	return c.postDid(w, r, "settled", err)
}

// matrixPage is what is live where.
type matrixPage struct {
	Frame
	Matrix   publish.Matrix
	Incident int64
	Pager    pagerView
}

const matrixShown = 20

func (c *Console) matrixShow(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := &matrixPage{Frame: Frame{Area: "calendar"}, Incident: number(q.Get("incident"))}
	var err error
	if p.Matrix, err = c.Outbox.Matrix(r.Context(), visitOf(r).brand.ID, p.Incident, desk.Paging{Before: number(q.Get("before")), Limit: matrixShown + 1}); err != nil {
		return err
	}
	p.Matrix.Rows, p.Pager = pieceOf(r, p.Matrix.Rows, matrixShown, func(row publish.Row) int64 { return row.Statement.ID })
	return c.render(w, r, "calendar/matrix", p)
}
