package preflight

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"breakwater/desk"
)

const maxNames = 10 // that are looked up for one text and channel

// names asks each channel's network whether the accounts exist that the text speaks to.
func names(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	asked := map[string]bool{}
	var (
		mu sync.Mutex // guards all
		wg sync.WaitGroup
	)
	for _, c := range j.Channels {
		list := Read(c, j.Variant.Text).Mentions
		if len(list) > maxNames {
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("It names {n} accounts on {channel}: that looks like an advertisement sent to strangers.", "n", len(list), "channel", placeName(c)), Fix: desk.Say("Name those whom it is for.")})
			list = list[:maxNames]
		}
		for _, m := range list {
			key := c.Kind + " " + strings.ToLower(m.Name)
			if asked[key] {
				continue
			}
			asked[key] = true
			wg.Go(func() {
				f, ok := j.account(ctx, c, m.Name)
				if !ok {
					return
				}
				f.From, f.To = m.Bytes[0], m.Bytes[1]
				mu.Lock()
				all = append(all, f)
				mu.Unlock()
			})
		}
	}
	wg.Wait()
	return all, nil
}

func (j *job) account(ctx context.Context, c desk.Channel, name string) (desk.Finding, bool) {
	where := placeName(c)
	if j.Exists == nil {
		return unchecked("names", desk.FindingHint, desk.Say("whether @{name} exists on {channel}", "name", name, "channel", where)), true
	}
	there, err := j.exists.get(strconv.FormatInt(c.ID, 10)+" "+c.Kind+" "+strings.ToLower(name), func() (bool, error) { return j.Exists(ctx, c, name) })
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return unchecked("names", desk.FindingHint, desk.Say("whether @{name} exists on {channel}", "name", name, "channel", where)), true
	case err != nil:
		return unchecked("names", desk.FindingWarn, desk.Say("whether @{name} exists on {channel}", "name", name, "channel", where)), true
	case !there:
		return desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("There is no account @{name} on {channel}.", "name", name, "channel", where), Fix: desk.Say("Check how it is written.")}, true
	}
	return desk.Finding{}, false
}
