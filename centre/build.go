package centre

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

var timeless = time.Unix(0, 0)

// Builder makes the site's bytes whenever something changed, swaps them, and keeps them in a folder, so that they are there again
// after a restart even without a database.
type Builder struct {
	Desk *Desk
	Site *Site
	Dir  string // a folder for each home; empty: they are kept nowhere
	// Changed is told of brands whose bytes are others now; nil: nobody is.
	Changed func(ctx context.Context, brandID int64)
	Log     *slog.Logger

	mu    sync.Mutex                   // held while a build is under way
	noted []byte                       // what note wrote last
	kept  map[string]map[string]*ready // what keep wrote last, by home
	nudge chan struct{}
}

// NewBuilder makes a builder.
func NewBuilder(d *Desk, s *Site, dir string, log *slog.Logger) *Builder {
	return &Builder{Desk: d, Site: s, Dir: dir, Log: log, kept: make(map[string]map[string]*ready), nudge: make(chan struct{}, 1)}
}

// Nudge says that something changed.
func (b *Builder) Nudge() {
	select {
	case b.nudge <- struct{}{}:
	default:
	}
}

// lookEvery is how often the builder looks without being nudged: another process may have changed something, and promised times pass.
const lookEvery = 5 * time.Second

// Run builds until ctx ends.
func (b *Builder) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := b.Build(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error("the crisis centre could not be made anew: it shows what it showed", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.nudge:
		case <-tick.C:
		}
	}
}

// Build makes every home's bytes and puts them up.
func (b *Builder) Build(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	homes, err := b.Desk.Homes(ctx)
	if err != nil {
		return err
	}
	next := Edition{Homes: make(map[string]map[string]File), Hosts: make(map[string]string)}
	brands := make(map[string]int64)
	for _, h := range homes {
		files, troubles := b.Desk.Files(ctx, h.Home, time.Now(), b.Site.Files(h.Path))
		b.tell(h, troubles)
		if files == nil {
			continue
		}
		next.Homes[h.Path], brands[h.Path] = files, h.Brand.ID
		if h.Host != "" {
			next.Hosts[h.Host] = h.Path
		}
	}
	changed := b.Site.Replace(next, time.Now())
	if b.Dir != "" {
		if b.noted, err = next.note(b.Dir, b.noted); err != nil {
			b.Log.Error("the crisis centre could not be kept in its folder", "error", err)
		}
	}
	for _, home := range changed {
		b.keep(ctx, home, brands[home])
	}
	return nil
}

// tell keeps what is wrong with a home for the people of its brand, and logs it once.
func (b *Builder) tell(h HomeOf, troubles []Trouble) {
	if !b.Desk.troubled(h.Brand.ID, troubles, time.Now()) {
		return
	}
	for _, t := range troubles {
		b.Log.Error("the crisis centre could not be made anew as a whole: the rest is shown as it is now", "home", h.Path, "page", t.Page, "error", t.err)
	}
}

// keep writes what changed of a home into the folder, and tells who wants to know. Of a home that was not written before, or not as a
// whole, everything is: nobody knows what lies there.
func (b *Builder) keep(ctx context.Context, home string, brand int64) {
	if b.Dir != "" {
		last, files := b.kept[home], b.Site.ready(home)
		b.kept[home] = files
		if err := write(filepath.Join(b.Dir, home), files, last); err != nil {
			delete(b.kept, home)
			b.Log.Error("the crisis centre could not be kept in its folder", "home", home, "error", err)
		}
	}
	if b.Changed != nil && brand != 0 {
		b.Changed(ctx, brand)
	}
}

// HomeOf is a home with its channel.
type HomeOf struct {
	Home
	ChannelID int64
}

// Homes are all brands' crisis centres.
func (d *Desk) Homes(ctx context.Context) (all []HomeOf, err error) {
	channels, err := d.store.Channels(ctx, 0)
	if err != nil {
		return nil, err
	}
	taken := make(map[string]bool)
	for _, ch := range byAge(channels) {
		path := ch.Settings["path"]
		if ch.Kind != desk.CentreKind || path == "" || taken[path] {
			continue
		}
		taken[path] = true
		b, err := d.store.Brand(ctx, ch.BrandID)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		h := d.homeOf(b, ch)
		if taken["//"+h.Host] {
			ch.Settings = maps.Clone(ch.Settings)
			delete(ch.Settings, "host")
			h = d.homeOf(b, ch)
		}
		taken["//"+h.Host] = true
		all = append(all, HomeOf{h, ch.ID})
	}
	return all, nil
}

// every gives a brand's pages, newest first, however many there are.
func (d *Desk) every(ctx context.Context, brandID int64) (all []desk.Centre, err error) {
	for p := (desk.Paging{Limit: 200}); ; {
		piece, err := d.store.Centres(ctx, brandID, 0, p)
		if err != nil {
			return nil, err
		}
		if all = append(all, piece...); len(piece) < p.Limit {
			return all, nil
		}
		p.Before = piece[len(piece)-1].ID
	}
}

// Files are a home's files as they are now. What cannot be made is as it was last, of which it tells: a picture or a page that is broken
// must keep neither words nor their withdrawal from the public. When nothing at all can be read everything is as it was.
func (d *Desk) Files(ctx context.Context, h Home, now time.Time, last map[string]File) (map[string]File, []Trouble) {
	all, err := d.every(ctx, h.Brand.ID)
	if err != nil {
		return last, []Trouble{{err: err}}
	}
	return d.filesOf(ctx, h, all, now, last)
}

// AsOf are a home's files as they were at a time, less what was taken off the web since: nothing that became public later is among them.
func (d *Desk) AsOf(ctx context.Context, h Home, at time.Time, last map[string]File) (map[string]File, error) {
	all, err := d.every(ctx, h.Brand.ID)
	if err != nil {
		return nil, err
	}
	var then []desk.Centre
	for _, c := range all {
		if was, public := c.As(at); public {
			then = append(then, was)
		}
	}
	files, troubles := d.filesOf(ctx, h, then, time.Now(), last)
	if i := slices.IndexFunc(troubles, func(t Trouble) bool { return !t.Picture }); i >= 0 { // what it showed last may be newer
		return nil, troubles[i].err
	}
	return files, nil
}

// filesOf are the files of these pages.
func (d *Desk) filesOf(ctx context.Context, h Home, all []desk.Centre, now time.Time, last map[string]File) (map[string]File, []Trouble) {
	var pages []Page
	var stuck []desk.Centre
	var troubles []Trouble
	leave := func(c desk.Centre, err error) {
		stuck, troubles = append(stuck, c), append(troubles, Trouble{Page: c.Name, err: err})
	}
	for _, c := range all {
		if c.Stage == desk.CentreDark {
			continue
		}
		p, err := d.page(ctx, h, c, now)
		if err != nil {
			leave(c, err)
			continue
		}
		p.Texts = c.Public()
		pages = append(pages, p)
	}
	slices.SortStableFunc(pages, func(a, b Page) int { return b.Changed.Compare(a.Changed) })
	files, err := Files(h, pages)
	if err != nil {
		pages = slices.DeleteFunc(pages, func(p Page) bool {
			_, err := Files(h, []Page{p})
			if err != nil {
				leave(p.Centre, err)
			}
			return err != nil
		})
		if files, err = Files(h, pages); err != nil {
			return last, append(troubles, Trouble{err: err})
		}
	}
	for _, c := range stuck {
		keepPage(files, last, &c)
	}
	return files, append(troubles, d.pictures(ctx, pages, files, last)...)
}

// keepPage has a page that is public show what it showed, without the pictures and files that were taken off it since.
func keepPage(files, last map[string]File, c *desk.Centre) {
	if c.Stage != desk.CentreLive {
		return
	}
	still := mediaOf(c, c.Public())
	for name, f := range last {
		if _, shown := still[name]; shown || strings.HasPrefix(name, c.Slug+"/") {
			files[name] = f
		}
	}
}

// page is a page with what stands around it.
func (d *Desk) page(ctx context.Context, h Home, c desk.Centre, now time.Time) (Page, error) {
	p := Page{Home: h, Centre: c, Zone: time.UTC}
	if z, err := time.LoadLocation(h.Brand.Zone); err == nil {
		p.Zone = z
	}
	if c.IncidentID == 0 || c.Stage == desk.CentreWithdrawn {
		return p, nil
	}
	open, err := d.store.Promises(ctx, c.BrandID, c.IncidentID, desk.PromiseOpen, time.Time{}, 1)
	if err != nil || len(open) == 0 {
		return p, err
	}
	p.Next, p.Late = open[0].Due, open[0].Late(now)
	return p, nil
}

// pictures adds the pictures and files that pages show. Their names are of their bytes: those that are there need not be read again. What
// cannot be read is left out.
func (d *Desk) pictures(ctx context.Context, pages []Page, files, last map[string]File) (troubles []Trouble) {
	shown, of := make(map[string]desk.Media), make(map[string]string)
	for _, p := range pages {
		if p.Stage != desk.CentreLive {
			continue
		}
		for name, m := range mediaOf(&p.Centre, p.Texts) {
			shown[name], of[name] = m, p.Name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		if was, there := last[name]; there {
			files[name] = File{Type: shown[name].Type, Body: was.Body}
			continue
		}
		body, err := d.store.Blob(ctx, shown[name].Hash)
		if err != nil {
			troubles = append(troubles, Trouble{Page: of[name], Picture: true, err: err})
			continue
		}
		files[name] = File{Type: shown[name].Type, Body: body}
	}
	return troubles
}

// Preview is one file of a page as it will look with its draft, and with what is public of it. name is "index.html", "he.html" or "" for
// the first. For viewers.
func (d *Desk) Preview(ctx context.Context, id int64, name string) (File, error) {
	c, err := d.One(ctx, id)
	if err != nil {
		return File{}, err
	}
	b, err := d.store.Brand(ctx, c.BrandID)
	if err != nil {
		return File{}, err
	}
	ch, err := d.channel(ctx, c.BrandID)
	var missing *desk.Invalid
	if err != nil && !errors.As(err, &missing) {
		return File{}, err
	}
	p, err := d.page(ctx, d.homeOf(b, ch), c, time.Now())
	if err != nil {
		return File{}, err
	}
	if p.Texts, err = d.written(ctx, &c); err != nil {
		return File{}, err
	}
	if name = strings.TrimPrefix(name, "/"); name == "" {
		name = "index.html"
	}
	return Preview(p, name)
}
