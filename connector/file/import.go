package file

import (
	"context"
	"fmt"
	"io"

	"breakwater/desk"
	"breakwater/source"
)

// shown is how many bad rows a report lists.
const shown = 1000

// Import keeps all that a file says for source s, batch by batch, and tells after each how far it is (each may be nil).
// When it is cut off, the same call takes in what is missing. The error is a *desk.Invalid when the file is of no use, or what broke the reading or the keeping; the report
// counts what was kept until then.
func Import(ctx context.Context, keeper source.Keeper, s desk.Source, r io.Reader, each func(source.Report)) (source.Report, error) {
	out := source.Report{Rejects: []desk.Reject{}}
	opt, err := OptionsOf(s)
	if err != nil {
		return out, err
	}
	for b, err := range Read(r, opt) {
		if err != nil {
			return out, fmt.Errorf("read the file: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return out, err
		}
		done, err := keeper.Keep(ctx, b)
		if err != nil {
			return out, fmt.Errorf("keep what was read: %w", err)
		}
		out.Rows += len(b.Mentions) + len(b.Gone) + len(b.Rejects)
		out.New += done.New
		out.Known += done.Known
		out.Edited += done.Edited
		out.Gone += done.Gone
		out.Unmatched += done.Unmatched
		out.Rejected += len(b.Rejects)
		out.Rejects = append(out.Rejects, b.Rejects[:min(len(b.Rejects), shown-len(out.Rejects))]...)
		if each != nil {
			each(out)
		}
	}
	return out, nil
}
