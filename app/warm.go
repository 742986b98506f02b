package app

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
)

// warmMentions is how many recent mentions the folder is given back after a start. More would take longer to read than the
// few copies of older ones are worth.
const warmMentions = 10_000

// warm gives the folder back what it knew before the desk stopped, so that copies of yesterday's mentions are still copies.
func warm(ctx context.Context, s interface {
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
}, folder *enrich.Folder, now time.Time) error {
	var recent []desk.Mention
	f := desk.Filter{From: now.Add(-enrich.FoldWindow), Listed: true, Limit: 200}
	for len(recent) < warmMentions {
		page, err := s.Mentions(ctx, f)
		if err != nil {
			return err
		}
		recent = append(recent, page.Mentions...)
		if f.Before = page.Next; f.Before == 0 {
			break
		}
	}
	slices.Reverse(recent)
	folder.Load(recent)
	return nil
}
