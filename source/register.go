package source

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// testTime bounds how long trying a source's settings may take: a person waits for it.
const testTime = 20 * time.Second

// Register is where people see and change sources. Every method checks the acting person's role; secrets never come out,
// save the one that was made up in the same call.
type Register struct {
	Store   Store
	Kinds   Kinds
	Keeper  Keeper // takes what is imported
	Changed func() // called after every change; nil does nothing
}

// Specs are the kinds of source that there are, by title.
func (r *Register) Specs() []desk.Spec {
	specs := make([]desk.Spec, 0, len(r.Kinds))
	for _, k := range r.Kinds {
		if k.Open != nil || k.Spec.Push {
			specs = append(specs, k.Spec)
		}
	}
	slices.SortFunc(specs, func(a, b desk.Spec) int { return strings.Compare(a.Title, b.Title) })
	return specs
}

// List is all sources, secrets masked.
func (r *Register) List(ctx context.Context) ([]desk.Source, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := r.Store.Sources(ctx)
	for i := range all {
		all[i] = masked(all[i], r.Kinds[all[i].Kind].Spec)
	}
	return all, err
}

// One is a source, secrets masked. desk.ErrNotFound.
func (r *Register) One(ctx context.Context, id int64) (desk.Source, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Source{}, err
	}
	s, err := r.Store.Source(ctx, id)
	return masked(s, r.Kinds[s.Kind].Spec), err
}

// Save makes a source (ID 0) or changes one. A secret sent as Mask stays as it is; the kind never changes.
// The signing secret of a new source that others push to is made here and shown in the answer, this once.
// Errors: *desk.Invalid for each wrong field, joined; desk.ErrConflict when Version is not the stored one; desk.ErrNotFound;
// desk.ErrForbidden below lead.
func (r *Register) Save(ctx context.Context, s desk.Source) (desk.Source, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return s, err
	}
	made := false
	act := desk.ActOf(ctx, "source.save", "")
	saved, err := r.Store.ChangeSource(ctx, s.ID, act, func(now *desk.Source, out *desk.Out) (err error) {
		if s.ID != 0 && s.Version != now.Version {
			return desk.ErrConflict
		}
		kind, stored := s.Kind, desk.Settings(nil)
		if s.ID != 0 {
			kind, stored = now.Kind, now.Settings
		}
		next := *now
		next.Kind, next.BrandID, next.Name, next.KeepAll, next.SilentAfter = kind, s.BrandID, strings.TrimSpace(s.Name), s.KeepAll, s.SilentAfter
		if next.Settings, made, err = r.settle(s, kind, stored); err != nil {
			return err
		}
		if next.Created.IsZero() {
			next.Created = act.At
			next.Paused = s.Paused
			next.Health = desk.Health{State: desk.HealthNew, Since: act.At}
			out.Say = desk.Say("{source} was added as a source.", "source", next.Name)
		} else {
			out.Say = desk.Say("The source {source} was changed.", "source", next.Name)
		}
		if err := r.accept(next); err != nil {
			return err
		}
		*now = next
		return nil
	})
	if err != nil {
		return s, err
	}
	r.changed()
	if made {
		return saved, nil
	}
	return masked(saved, r.Kinds[saved.Kind].Spec), nil
}

// settle makes the settings that will be stored of those that were sent.
func (r *Register) settle(s desk.Source, kind string, stored desk.Settings) (desk.Settings, bool, error) {
	k, ok := r.Kinds[kind]
	if !ok {
		return nil, false, desk.Wrong("kind", "There is no such kind of source.")
	}
	set, err := k.Spec.Unmasked(k.Spec.Apart(s.Settings), stored)
	if err != nil {
		return nil, false, err
	}
	made := stored == nil && invent(set, k.Spec)
	set, err = k.Spec.Tidy(set)
	switch {
	case strings.TrimSpace(s.Name) == "":
		err = errors.Join(desk.Wrong("name", "Give the source a name."), err)
	case len(s.Name) > 200:
		err = errors.Join(desk.Wrong("name", "This is too long."), err)
	}
	if s.SilentAfter < -1 || s.SilentAfter > 365*24*60 {
		err = errors.Join(err, desk.Wrong("silent_after", "Enter minutes, up to a year; 0 as learned, -1 for never."))
	}
	return set, made, err
}

// accept asks the connector whether it can work with the settings.
func (r *Register) accept(s desk.Source) error {
	open := r.Kinds[s.Kind].Open
	if open == nil {
		return nil
	}
	from, err := guard(func() (Source, error) { return open(s) })
	if c, ok := from.(Closer); ok && err == nil {
		return c.Close()
	}
	return err
}

// Pause stops listening to a source, or goes on with it. The time in between is a gap that is caught up as far as the network
// allows.
func (r *Register) Pause(ctx context.Context, id int64, paused bool, why string) (desk.Source, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Source{}, err
	}
	do, say := "source.resume", "{source} is listened to again."
	if paused {
		do, say = "source.pause", "{source} was paused."
	}
	s, err := r.Store.ChangeSource(ctx, id, desk.ActOf(ctx, do, why), func(s *desk.Source, out *desk.Out) error {
		out.Skip = s.Paused == paused
		s.Paused = paused
		out.Say = desk.Say(say, "source", s.Name)
		return nil
	})
	if err != nil {
		return s, err
	}
	r.changed()
	return masked(s, r.Kinds[s.Kind].Spec), nil
}

// Delete removes a source. What it brought stays.
func (r *Register) Delete(ctx context.Context, id int64, why string) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	if err := r.Store.DeleteSource(ctx, id, desk.ActOf(ctx, "source.delete", why)); err != nil {
		return err
	}
	r.changed()
	return nil
}

// Test tries the settings for real without saving or keeping anything, and says what it found. Its errors are *desk.Invalid
// with a sentence for people; the field is "settings" where none is to blame.
func (r *Register) Test(ctx context.Context, s desk.Source) (desk.Text, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Text{}, err
	}
	var stored desk.Settings
	if s.ID != 0 {
		old, err := r.Store.Source(ctx, s.ID)
		if err != nil {
			return desk.Text{}, err
		}
		s.Kind, stored = old.Kind, old.Settings
	}
	set, _, err := r.settle(s, s.Kind, stored)
	if err != nil {
		return desk.Text{}, err
	}
	s.Settings = set
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	found, err := guard(func() (desk.Text, error) { return r.try(ctx, s) })
	var wrong *desk.Invalid
	if err == nil || errors.As(err, &wrong) {
		return found, err
	}
	if ctx.Err() != nil {
		return found, desk.Wrong("settings", "It did not answer in time.")
	}
	return found, &desk.Invalid{Field: "settings", Reason: judge(err).problem}
}

// try asks the connector's own check, or pulls once.
func (r *Register) try(ctx context.Context, s desk.Source) (desk.Text, error) {
	k := r.Kinds[s.Kind]
	switch {
	case k.Check != nil:
		return k.Check(ctx, s)
	case k.Spec.Push:
		return desk.Say("Nothing to try: others send to this source."), nil
	}
	from, err := k.Open(s)
	if err != nil {
		return desk.Text{}, err
	}
	if c, ok := from.(Closer); ok {
		defer c.Close()
	}
	b, err := from.Pull(ctx, "")
	if err != nil {
		return desk.Text{}, err
	}
	return desk.Say("It answers, with {n} mentions for a start.", "n", len(b.Mentions)), nil
}

// Import reads a file into a source of a kind that can, and tells after each batch how far it is (each may be nil). Cut off,
// the same file brings what is missing; read twice, it doubles nothing. Errors: *desk.Invalid when the file is of no
// use, desk.ErrNotFound, desk.ErrForbidden below lead, or what went wrong on the way; the report counts what was kept.
func (r *Register) Import(ctx context.Context, id int64, file io.Reader, each func(Report)) (Report, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Report{}, err
	}
	s, err := r.Store.Source(ctx, id)
	if err != nil {
		return Report{}, err
	}
	read := r.Kinds[s.Kind].Import
	if read == nil {
		return Report{}, desk.Wrong("source", "This source does not take files. Add a source of the kind file.")
	}
	return guard(func() (Report, error) { return read(ctx, r.Keeper, s, file, each) })
}

// Gaps are the times in which sources were not heard, oldest first. No ids means all sources.
func (r *Register) Gaps(ctx context.Context, ids []int64, from, to time.Time) ([]desk.Gap, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.Store.Gaps(ctx, ids, from, to)
}

func (r *Register) changed() {
	if r.Changed != nil {
		r.Changed()
	}
}
