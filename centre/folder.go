package centre

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
)

// Write puts files into a folder as any web server serves them, with a compressed copy beside each that is worth it. Files of an earlier
// Write that are not among them any more are removed; what others put there stays. Each file is replaced at once, pages after what they
// lead to: who looks meanwhile sees old or new, never half.
func Write(dir string, files map[string]File) error {
	all := make(map[string]*ready, len(files))
	var z squeezer
	for name, f := range files {
		all[name] = prepare(name, f, timeless, &z)
	}
	return write(dir, all, nil)
}

// write is Write of files that are ready. Those that are among last, what it wrote here before, lie there already.
func write(dir string, files, last map[string]*ready) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	kept := make(map[string]bool)
	for _, front := range []bool{false, true} {
		for name, r := range files {
			if strings.HasSuffix(name, "index.html") != front {
				continue
			}
			if kept[name] = true; r.gzip != nil {
				kept[name+".gz"] = true
			}
			if r == last[name] {
				continue
			}
			if err := place(dir, name, r.Body); err != nil {
				return err
			}
			if r.gzip == nil {
				continue
			}
			if err := place(dir, name+".gz", r.gzip); err != nil {
				return err
			}
		}
	}
	return sweep(dir, kept)
}

// listing names what a Write left in a folder.
const listing = ".breakwater-centre"

// sweep removes what the Write before left and this one did not, and notes what this one left.
func sweep(dir string, kept map[string]bool) error {
	old, err := os.ReadFile(filepath.Join(dir, listing))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for name := range strings.Lines(string(old)) {
		name = strings.TrimSpace(name)
		if name == "" || kept[name] || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	var b strings.Builder
	for name := range kept {
		fmt.Fprintln(&b, name)
	}
	return place(dir, listing, []byte(b.String()))
}

// place writes a file beside its name and then renames it.
func place(dir, name string, body []byte) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q leads out of the folder", name)
	}
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(full), ".part-*")
	if err != nil {
		return err
	}
	_, err = part.Write(body)
	err = errors.Join(err, part.Chmod(0o644), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), full)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

// Read gives what Write left in a folder: the crisis centre is there again before the database is.
func Read(dir string) (map[string]File, error) {
	list, err := os.ReadFile(filepath.Join(dir, listing))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files := make(map[string]File)
	for name := range strings.Lines(string(list)) {
		name = strings.TrimSpace(name)
		if name == "" || strings.HasSuffix(name, ".gz") || name == listing || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(body) == 0 { // a Write was broken off, or the machine: better one page less than none
			continue
		}
		if err != nil {
			return nil, err
		}
		files[name] = File{Type: typeOf(name), Body: body}
	}
	return files, nil
}

// typeOf is the media type of a file by its name.
func typeOf(name string) string {
	ext := filepath.Ext(name)
	for _, known := range types {
		if known[0] == ext {
			return known[1]
		}
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// types are the media types of what the crisis centre makes.
var types = [][2]string{
	{".html", "text/html; charset=utf-8"}, {".json", "application/json; charset=utf-8"}, {".xml", "application/xml; charset=utf-8"},
	{".ics", "text/calendar; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"}, {".txt", "text/plain; charset=utf-8"},
}
