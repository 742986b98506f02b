package centre

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"breakwater/desk"
)

// Export is all that a brand's crisis centre serves now. *desk.Invalid when it has none. For viewers: everybody outside sees the same.
func (d *Desk) Export(ctx context.Context, brandID int64) (map[string]File, error) {
	h, found, err := d.Home(ctx, brandID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, None()
	}
	files, troubles := d.Files(ctx, h, time.Now(), nil)
	if i := slices.IndexFunc(troubles, func(t Trouble) bool { return !t.Picture }); i >= 0 {
		return nil, troubles[i].err
	}
	return files, nil
}

// None is the *desk.Invalid of a brand without a crisis centre.
func None() error {
	return desk.Wrong("channel", "The brand has no crisis centre yet. Add it under Channels.")
}

// Pack writes files as a tar archive, in the order of their names.
func Pack(w io.Writer, files map[string]File) error {
	t := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(f.Body)), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		if _, err := t.Write(f.Body); err != nil {
			return err
		}
	}
	return t.Close()
}

// largest is how large one file of an archive may be, in bytes: a picture. All of them together are kept in memory.
const largest, largestOfAll = 64 << 20, 1 << 30

// Unpack reads what Pack wrote. It may come from anybody: what is too large, or would lie elsewhere, is an error.
func Unpack(r io.Reader) (map[string]File, error) {
	files := make(map[string]File)
	t := tar.NewReader(io.LimitReader(r, largestOfAll))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return nil, fmt.Errorf("%q is no file of a crisis centre", h.Name)
		}
		body, err := io.ReadAll(io.LimitReader(t, largest+1))
		if err != nil || len(body) > largest {
			return nil, errors.Join(err, fmt.Errorf("%s cannot be read", h.Name))
		}
		files[h.Name] = File{Type: typeOf(h.Name), Body: body}
	}
}
