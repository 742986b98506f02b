package git

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // git names its objects so
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kinds of objects in a pack (gitformat-pack).
const (
	aCommit = 1
	aTree   = 2
	aBlob   = 3
)

var kindNames = map[int]string{aCommit: "commit", aTree: "tree", aBlob: "blob"}

// pack gathers objects that a push brings. Each is whole: what the other side has already it keeps once.
type pack struct {
	objects bytes.Buffer
	n       uint32
	known   map[string]bool
}

func newPack() *pack { return &pack{known: make(map[string]bool)} }

// add adds an object and gives its name.
func (p *pack) add(kind int, body []byte) (name string, err error) {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kindNames[kind], len(body))
	h.Write(body)
	if name = hex.EncodeToString(h.Sum(nil)); p.known[name] {
		return name, nil
	}
	p.known[name] = true
	p.n++
	size := len(body)
	b := byte(kind<<4) | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		p.objects.WriteByte(b | 0x80)
		b = byte(size & 0x7f)
	}
	p.objects.WriteByte(b)
	z := zlib.NewWriter(&p.objects)
	if _, err := z.Write(body); err != nil {
		return "", err
	}
	return name, z.Close()
}

// tree adds files and folders, by their path below it, and gives the tree's name.
func (p *pack) tree(files map[string][]byte) (string, error) {
	type entry struct{ mode, name, hash, order string }
	var all []entry
	folders := make(map[string]map[string][]byte)
	for name, body := range files {
		if folder, rest, deeper := strings.Cut(name, "/"); deeper {
			if folders[folder] == nil {
				folders[folder] = make(map[string][]byte)
			}
			folders[folder][rest] = body
			continue
		}
		hash, err := p.add(aBlob, body)
		if err != nil {
			return "", err
		}
		all = append(all, entry{"100644", name, hash, name})
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		hash, err := p.tree(folders[folder])
		if err != nil {
			return "", err
		}
		all = append(all, entry{"40000", folder, hash, folder + "/"}) // folders stand as if their names ended so
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.order, b.order) })
	var body bytes.Buffer
	for _, e := range all {
		hash, err := hex.DecodeString(e.hash)
		if err != nil {
			return "", err
		}
		body.WriteString(e.mode + " " + e.name + "\x00")
		body.Write(hash)
	}
	return p.add(aTree, body.Bytes())
}

// commit adds a commit of all files after the one named, or as the first without one.
func (p *pack) commit(files map[string][]byte, after, say string, at time.Time) (string, error) {
	tree, err := p.tree(files)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("tree " + tree + "\n")
	if after != "" {
		b.WriteString("parent " + after + "\n")
	}
	who := fmt.Sprintf("Breakwater <breakwater@localhost.invalid> %d +0000\n", at.Unix())
	b.WriteString("author " + who + "committer " + who + "\n" + say + "\n")
	return p.add(aCommit, []byte(b.String()))
}

// bytes are the pack as it is sent.
func (p *pack) bytes() []byte {
	out := append([]byte("PACK"), 0, 0, 0, 2)
	out = binary.BigEndian.AppendUint32(out, p.n)
	out = append(out, p.objects.Bytes()...)
	sum := sha1.Sum(out)
	return append(out, sum[:]...)
}
