package mirror

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"
)

// unknown stands for the hash of a file that was being changed when the push broke off: nobody knows which of the two lies there.
const unknown = "?"

// hash names a file's bytes and how they are served.
func (f File) hash() string {
	h := sha256.New()
	h.Write([]byte(f.Type + "\n" + f.Cache + "\n"))
	h.Write(f.Body)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// hashes are those of all files.
func (e Edition) hashes() map[string]string {
	all := make(map[string]string, len(e.Files))
	for name, f := range e.Files {
		all[name] = f.hash()
	}
	return all
}

// nameOf names an edition by the hashes of its files.
func nameOf(hashes map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(hashes)) {
		h.Write([]byte(name + "\n" + hashes[name] + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// steps bring a copy that has these files, by their hashes, to an edition.
func steps(has map[string]string, e Edition) (all []Step) {
	for name, f := range e.Files {
		if has[name] != f.hash() {
			all = append(all, Step{Name: name, File: f})
		}
	}
	for name := range has {
		if _, still := e.Files[name]; !still {
			all = append(all, Step{Name: name, Gone: true})
		}
	}
	slices.SortFunc(all, func(a, b Step) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Name, b.Name)) })
	return all
}

// rank is the turn of a file: what others lead to before what leads there, and what is gone when nothing leads to it any more.
func rank(s Step) int {
	dir, base := path.Split(s.Name)
	front := strings.HasSuffix(base, ".html") && !strings.ContainsAny(strings.TrimSuffix(base, ".html"), ".0123456789") && !strings.HasPrefix(base, "notice") && !strings.HasPrefix(base, "banner")
	switch {
	case s.Gone:
		return 5
	case strings.HasPrefix(s.Name, "media/"):
		return 0
	case dir != "" && !front:
		return 1
	case dir != "":
		return 2
	case !front:
		return 3
	}
	return 4
}
