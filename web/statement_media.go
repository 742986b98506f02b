package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
	"breakwater/preflight"
)

// pictureView is a picture or film of a variant in its form.
type pictureView struct {
	desk.Media
	Kept string // as the form carries it until it is saved
}

func pictureViews(all []desk.Media) (views []pictureView) {
	for _, m := range all {
		b, err := json.Marshal(m)
		if err != nil {
			panic(err) // strings and numbers
		}
		views = append(views, pictureView{m, string(b)})
	}
	return views
}

// mediaOf is what a row of the form has of pictures and films: what was there, with what is said of it now, but for what goes.
func mediaOf(f url.Values, row int) (all []desk.Media) {
	at := strconv.Itoa(row)
	alts, gone := f["v_alt_"+at], f["v_media_remove_"+at]
	for n, kept := range f["v_media_"+at] {
		var m desk.Media
		if json.Unmarshal([]byte(kept), &m) != nil || m.Hash == "" || slices.Contains(gone, m.Hash) {
			continue
		}
		if n < len(alts) {
			m.Alt = strings.TrimSpace(alts[n])
		}
		all = append(all, m)
	}
	return all
}

// mediaTaker takes in the files of a statement's form, each with what is said of it, as *desk.Invalid of "file" where it cannot.
func (c *Console) mediaTaker(r *http.Request) func(row int) ([]desk.Media, error) {
	return func(row int) ([]desk.Media, error) {
		at := strconv.Itoa(row)
		if r.MultipartForm == nil || len(r.MultipartForm.File["v_file_"+at]) == 0 {
			return nil, nil
		}
		head := r.MultipartForm.File["v_file_"+at][0]
		f, err := head.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(f, preflight.MaxUpload+1))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		m, err := c.Preflight.Upload(r.Context(), head.Filename, b)
		if err != nil {
			return nil, err
		}
		m.Alt = strings.TrimSpace(r.PostFormValue("v_file_alt_" + at))
		return []desk.Media{m}, nil
	}
}
