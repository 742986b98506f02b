package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/bundle"
)

type evidenceCmd struct {
	List   evidenceListCmd   `cmd:"" help:"List what is kept of an incident."`
	Keep   evidenceKeepCmd   `cmd:"" help:"Keep a post as evidence."`
	Until  evidenceUntilCmd  `cmd:"" help:"Change until when an exhibit is kept."`
	Delete evidenceDeleteCmd `cmd:"" help:"Delete an exhibit with its files; the journal keeps its hash."`
	Export evidenceExportCmd `cmd:"" help:"Write all evidence of an incident into one archive that anybody can check."`
	Verify evidenceVerifyCmd `cmd:"" help:"Check such an archive, without a desk."`
}

type evidenceListCmd struct {
	Incident int64 `arg:"" help:"Which incident."`
}

// Run lists exhibits.
func (x *evidenceListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/incidents/"+id(x.Incident)+"/evidence", nil, 0, "ID NO NETWORK AUTHOR KEPT UNTIL FILES SHA-256", func(e desk.Exhibit) []string {
		return []string{id(e.ID), e.Name(), e.Network, cut(e.Author, 30), when(e.Taken), e.Until.Format(time.DateOnly), fmt.Sprint(len(e.Files)), e.Hash}
	})
}

type evidenceKeepCmd struct {
	Incident int64  `arg:"" help:"Which incident."`
	Mention  int64  `arg:"" help:"Which post."`
	Why      string `help:"Why it is kept."`
	Origin   bool   `help:"It started with this post."`
}

// Run keeps a post.
func (x *evidenceKeepCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"mention_id": id(x.Mention), "why": x.Why, "origin": x.Origin}
	return show(c, http.MethodPost, "/incidents/"+id(x.Incident)+"/evidence", in, func(w io.Writer, e desk.Exhibit) {
		fmt.Fprintf(w, "exhibit %d, %s: a post of %s by %s, kept until %s\n  SHA-256 %s\n", e.ID, e.Name(), e.Network, clean([]string{e.Author})[0], e.Until.Format(time.DateOnly), e.Hash)
	})
}

type evidenceUntilCmd struct {
	ID    int64     `arg:"" help:"Which exhibit."`
	Until time.Time `arg:"" help:"The last day on which it is kept." format:"2006-01-02"`
	Why   string    `help:"In your words." required:""`
}

// Run changes until when an exhibit is kept.
func (x *evidenceUntilCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"until": x.Until, "why": x.Why}
	return show(c, http.MethodPatch, "/evidence/"+id(x.ID), in, func(w io.Writer, e desk.Exhibit) {
		fmt.Fprintf(w, "exhibit %d, %s: kept until %s\n", e.ID, e.Name(), e.Until.Format(time.DateOnly))
	})
}

type evidenceDeleteCmd struct {
	ID  int64  `arg:"" help:"Which exhibit."`
	Why string `help:"In your words." required:""`
}

// Run deletes an exhibit.
func (x *evidenceDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/evidence/"+id(x.ID)+"/discard", map[string]string{"why": x.Why}, "deleted")
}

type evidenceExportCmd struct {
	Incident int64  `arg:"" help:"Which incident."`
	Out      string `short:"o" help:"File to write; - is standard output." required:"" placeholder:"FILE"`
}

// Run exports evidence.
func (x *evidenceExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.save(http.MethodPost, "/incidents/"+id(x.Incident)+"/evidence/bundle", "", x.Out)
}

type evidenceVerifyCmd struct {
	File string `arg:"" help:"The archive." type:"existingfile"`
	Key  string `help:"Only an archive signed by this public key counts (PEM, as journal key prints it)." type:"existingfile" placeholder:"FILE"`
}

// checked is what the check of an archive prints as JSON.
type checked struct {
	Intact   bool            `json:"intact"`
	Files    int             `json:"files"`
	Sums     string          `json:"sums"`             // SHA-256 of SHA256SUMS
	Signed   string          `json:"signed,omitempty"` // SHA-256 of the public key that it was signed with
	Problems []string        `json:"problems"`
	Journal  json.RawMessage `json:"journal,omitempty"`
}

// Run checks an archive; what was changed is a failure.
func (x *evidenceVerifyCmd) Run(r *remote, s streams) error {
	f, err := os.Open(x.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var public []byte
	report, err := bundle.VerifyEach(f, info.Size(), func(name string, body []byte) {
		if name == bundle.Public {
			public = body
		}
	})
	if err != nil {
		return err
	}
	signed, err := x.signed(&report, public)
	if err != nil {
		return err
	}
	var m struct {
		Made     time.Time       `json:"made"`
		Journal  json.RawMessage `json:"journal"`
		Exhibits []struct {
			Folder string             `json:"folder"`
			Hash   string             `json:"hash"`
			Files  []desk.ExhibitFile `json:"files"`
		} `json:"exhibits"`
	}
	if err := json.Unmarshal(report.Manifest, &m); err != nil {
		report.Problems = append(report.Problems, bundle.Manifest+" cannot be read")
	}
	out := checked{len(report.Problems) == 0, report.Files, report.Sum, signed, append([]string{}, report.Problems...), m.Journal}
	if r.JSON {
		err = print1(s.Out, out)
	} else if out.Intact {
		_, err = fmt.Fprintf(s.Out, "intact: %d files, %d exhibits, made %s\n  SHA-256 of SHA256SUMS %s\n", out.Files, len(m.Exhibits), when(m.Made), out.Sums)
		if err == nil && signed != "" {
			_, err = fmt.Fprintf(s.Out, "  signed by the key with SHA-256 %s; \"breakwater journal key\" of the desk prints it\n", signed)
		}
	}
	if err == nil && !out.Intact {
		err = fmt.Errorf("this archive was changed: %s", strings.Join(clean(out.Problems), "; "))
	}
	return err
}

// signed checks the archive's signature by the key that was asked for, else by the one that came with it, and gives the key's SHA-256;
// "" when it has none. What is wrong with it becomes a problem of the report.
func (x *evidenceVerifyCmd) signed(report *bundle.Report, public []byte) (string, error) {
	if x.Key != "" {
		asked, err := os.ReadFile(x.Key)
		if err != nil {
			return "", err
		}
		public = asked
	} else if report.Seal == nil && public == nil {
		return "", nil // of a desk before archives were signed
	}
	print, err := report.Unseal(public)
	if err != nil {
		report.Problems = append(report.Problems, err.Error())
	}
	return print, nil
}
