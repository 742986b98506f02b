package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/bundle"
	"breakwater/internal/chain"
)

// Files of a bundle beside those that every bundle has.
const (
	publicFile = "journal.pub"
	entryFiles = "entries-%04d.jsonl"
	perFile    = 50_000 // entries
	maxEntries = 1_000_000
)

// manifest says what a bundle holds.
type manifest struct {
	Format string    `json:"format"` // "breakwater journal 1"
	Made   time.Time `json:"made"`
	By     string    `json:"by"`
	After  int64     `json:"after"` // number of the entry before the first, 0 none
	Prev   string    `json:"prev"`  // its hash
	Last   int64     `json:"last"`
	Head   string    `json:"head"`
	Key    string    `json:"key"`    // SHA-256 of the public key's DER
	Fields []string  `json:"fields"` // what is hashed, in order
}

const format = "breakwater journal 1"

// Export writes the journal above a number as a signed bundle that anybody can check without the desk: at most a million entries,
// the next bundle goes on after the last. The journal notes it. For admins, because addresses are in it.
func (l *Log) Export(ctx context.Context, w io.Writer, after int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	if l.Heads == nil {
		return desk.ErrNotFound // it has no key to sign with
	}
	public, _ := l.Heads.Key.Public().(ed25519.PublicKey)
	text, print, err := PublicKey(public)
	if err != nil {
		return err
	}
	act := desk.ActOf(ctx, "journal.export", "")
	if _, err := l.Store.Record(ctx, act, "journal", desk.Out{Say: desk.Say("The journal was exported."), Detail: map[string]int64{"after": after}}); err != nil {
		return err
	}
	m := manifest{Format: format, Made: act.At, By: act.Name, After: max(after, 0), Key: print, Fields: chain.Fields[:]}
	files, err := l.entryFiles(ctx, &m)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	files = append(files, bundle.File{Name: bundle.Manifest, Body: raw}, bundle.File{Name: publicFile, Body: text},
		bundle.File{Name: bundle.ReadMe, Body: []byte(bundleReadMe)})
	_, err = bundle.WriteSigned(w, act.At, files, func(sums []byte) []byte { return ed25519.Sign(l.Heads.Key, sums) })
	return err
}

// PublicKey is what others check bundles with, in PEM, and its SHA-256. desk.ErrNotFound without one.
func (l *Log) PublicKey(ctx context.Context) (text []byte, print string, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, "", err
	}
	if l.Heads == nil {
		return nil, "", desk.ErrNotFound
	}
	public, _ := l.Heads.Key.Public().(ed25519.PublicKey)
	return PublicKey(public)
}

// entryFiles are the entries after m.After, and what m says of them.
func (l *Log) entryFiles(ctx context.Context, m *manifest) (files []bundle.File, err error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	n := 0
	flush := func() {
		if body.Len() > 0 {
			files = append(files, bundle.File{Name: fmt.Sprintf(entryFiles, len(files)+1), Body: bytes.Clone(body.Bytes())})
			body.Reset()
		}
	}
	stop := errors.New("enough")
	err = l.Store.WalkJournal(ctx, m.After, func(e chain.Line) error {
		if n == maxEntries {
			return stop
		}
		if n == 0 {
			m.Prev = e.Prev
		}
		n++
		m.Last, m.Head = e.Seq, e.Hash
		err := enc.Encode(e)
		if n%perFile == 0 {
			flush()
		}
		return err
	})
	if errors.Is(err, stop) {
		err = nil
	}
	flush()
	return files, err
}

// Proof is what a check of a bundle found.
type Proof struct {
	Verdict
	Key  string    `json:"key"`  // SHA-256 of the public key that signed it: compare it with what the desk says
	Made time.Time `json:"made"` // as the bundle says
	Sum  string    `json:"sum"`  // SHA-256 of SHA256SUMS
}

// VerifyBundle checks a bundle that Export wrote: its signature, the sums of its files, and the chain. With pinned, a public key
// in PEM, only that one counts. What does not fit is in the Proof; an error says that it cannot be read at all.
func VerifyBundle(r io.ReaderAt, size int64, pinned []byte) (Proof, error) {
	var p Proof
	parts := map[string][]byte{}
	report, err := bundle.VerifyEach(r, size, func(name string, body []byte) { parts[name] = body })
	if err != nil {
		return p, err
	}
	var m manifest
	if err := json.Unmarshal(report.Manifest, &m); err != nil || m.Format != format {
		return p, errors.New("this is no bundle of a journal")
	}
	c := chain.Check{From: chain.Head{Seq: m.After, Hash: m.Prev}, Heads: []chain.Head{{Seq: m.Last, Hash: m.Head}}}
	problems := report.Problems
	for _, name := range entryNames(parts) {
		if err := eachLine(parts[name], c.Next); err != nil {
			problems = append(problems, name+" cannot be read")
		}
	}
	p.Verdict = verdictOf(&c)
	p.Made, p.Sum = m.Made, report.Sum
	public, text := parts[publicFile], parts[publicFile]
	if len(pinned) > 0 {
		text = pinned
	}
	key, err := readPublic(text)
	switch {
	case err != nil:
		problems = append(problems, "its public key cannot be read: "+err.Error())
	case !ed25519.Verify(key, report.Sums, report.Seal) && !bytes.Equal(text, public):
		problems = append(problems, "it was signed by another key")
	case !ed25519.Verify(key, report.Sums, report.Seal):
		problems = append(problems, "its signature is not right")
	}
	if err == nil {
		if _, name, unreadable := PublicKey(key); unreadable == nil {
			p.Key = name
		}
	}
	if len(problems) > 0 {
		p.Intact, p.Problem = false, strings.Join(append(problems, p.Problem), "; ")
	}
	return p, nil
}

func entryNames(parts map[string][]byte) (names []string) {
	for name := range parts {
		if strings.HasPrefix(name, "entries-") {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}

func eachLine(body []byte, next func(chain.Line)) error {
	lines := bufio.NewReader(bytes.NewReader(body))
	dec := json.NewDecoder(lines)
	dec.DisallowUnknownFields()
	for {
		var l chain.Line
		err := dec.Decode(&l)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		next(l)
	}
}

const bundleReadMe = `This archive holds the journal of a desk: who did what, when, from where and why. Anybody can check that nothing in it was
changed, left out or put in another order.

1. With Breakwater, which needs no desk for it:

    breakwater journal verify --bundle FILE.zip

2. With common tools, after unpacking it:

    sha256sum -c SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey journal.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

   The first says that every file is as it was, the second that the desk signed their list. Compare the key with the one that
   the desk gave you before, or by telephone:

    openssl pkey -pubin -in journal.pub -outform DER | sha256sum

3. The chain. Each line of entries-*.jsonl is one entry. Its "hash" is the SHA-256 over "prev", which is the hash of the entry
   before it, and the fields that manifest.json lists, in that order, numbers in decimal, each led by its length in bytes as a
   big-endian number of eight bytes. In Python:

    import glob, hashlib, json
    manifest = json.load(open("manifest.json"))
    prev, number = manifest["prev"], manifest["after"]
    for name in sorted(glob.glob("entries-*.jsonl")):
        for line in open(name, encoding="utf-8", newline="\n"):
            entry, sum, number = json.loads(line), hashlib.sha256(), number + 1
            for field in ["prev"] + manifest["fields"]:
                text = str(entry[field]).encode()
                sum.update(len(text).to_bytes(8, "big") + text)
            assert (entry["seq"], entry["prev"], entry["hash"]) == (number, prev, sum.hexdigest()), "entry %d" % number
            prev = entry["hash"]
    assert prev == manifest["head"], "the end is missing"
    print("whole:", number - manifest["after"], "entries, head", prev)
`
