package web

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"

	"breakwater/desk"
)

// upload opens the file of a form. The caller closes it.
func upload(r *http.Request, field string) (multipart.File, string, error) {
	f, head, err := r.FormFile(field)
	if err != nil { // none chosen, or the form is not one of ours
		return nil, "", desk.Wrong(field, "Choose a file.")
	}
	return f, head.Filename, nil
}

// fileImport takes mentions out of a file, and shows what became of each row.
func (c *Console) fileImport(w http.ResponseWriter, r *http.Request) error {
	return c.uploaded(w, r, func(ctx context.Context, p *sourcesPage, f multipart.File, name string) error {
		report, err := c.Sources.Import(ctx, number(r.PostFormValue("source")), f, nil)
		p.Report, p.ReportOf = &report, name
		return err
	})
}

// feedsImport adds the feeds of an OPML list that are not there yet.
func (c *Console) feedsImport(w http.ResponseWriter, r *http.Request) error {
	if c.Feeds == nil {
		return desk.ErrNotFound
	}
	return c.uploaded(w, r, func(ctx context.Context, p *sourcesPage, f multipart.File, _ string) error {
		list, err := c.Feeds.Read(f)
		if err != nil {
			return err
		}
		p.Listed, err = c.addFeeds(ctx, list)
		return err
	})
}

// uploaded answers an upload with the page of sources and a report on it.
func (c *Console) uploaded(w http.ResponseWriter, r *http.Request, take func(context.Context, *sourcesPage, multipart.File, string) error) error {
	done := &sourcesPage{}
	f, name, err := upload(r, "file")
	if err == nil {
		err = take(r.Context(), done, f, name)
		err = errors.Join(err, f.Close())
	}
	wrong := invalids(err)
	if err != nil && len(wrong) == 0 {
		return err
	}
	p, perr := c.sourcesPage(r)
	if perr != nil {
		return perr
	}
	p.Report, p.ReportOf, p.Listed = done.Report, done.ReportOf, done.Listed
	if err == nil {
		return c.render(w, r, "sources/sources", p)
	}
	p.Problem, p.Report = wrong[0].Reason, nil
	return c.renderAs(w, r, http.StatusUnprocessableEntity, "sources/sources", p)
}

func (c *Console) addFeeds(ctx context.Context, list []desk.Source) (*listReport, error) {
	have, err := c.Sources.List(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(have))
	for _, s := range have {
		known[c.Feeds.Address(s)] = true
	}
	report := &listReport{}
	for _, s := range list {
		address := c.Feeds.Address(s)
		if known[address] {
			report.Known++
			continue
		}
		known[address] = true
		_, err := c.Sources.Save(ctx, s)
		switch {
		case err == nil:
			report.Added++
		case len(invalids(err)) > 0:
			report.Failed = append(report.Failed, leftOut{s.Name, invalids(err)[0].Reason})
		default:
			return report, err
		}
	}
	return report, nil
}

func (c *Console) feedsExport(w http.ResponseWriter, r *http.Request) error {
	if c.Feeds == nil {
		return desk.ErrNotFound
	}
	list, err := c.Sources.List(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/x-opml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="feeds.opml"`)
	return c.Feeds.Write(w, list)
}
