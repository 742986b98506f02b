// Package bundle writes and checks archives that prove that nothing in them was changed: a ZIP with a manifest, the SHA-256 of
// every file in the format of sha256sum, and a note that says how to check it with nothing but common tools.
package bundle

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// Names of the files that every bundle has.
const (
	Manifest = "manifest.json"
	Sums     = "SHA256SUMS"
	ReadMe   = "README.txt"
	Seal     = "SHA256SUMS.sig" // of signed bundles: Ed25519 over SHA256SUMS, 64 bytes
	Public   = "desk.pub"       // of signed bundles: the desk's public key in PEM
)

// File is one file of a bundle.
type File struct {
	Name string // slash-separated, relative
	Body []byte
}

// Write writes a bundle of the files, which include the Manifest, and gives the SHA-256 of its list of sums: whoever knows that
// one number can check everything.
func Write(w io.Writer, at time.Time, files []File) (sum string, err error) {
	return WriteEvidence(w, at, files, nil, nil)
}

// WriteEvidence is Write with the desk's signature, and the public key that it is checked with; without sign there is neither.
func WriteEvidence(w io.Writer, at time.Time, files []File, public []byte, sign func([]byte) []byte) (sum string, err error) {
	files = append(slices.Clone(files), File{ReadMe, []byte(readme)})
	if sign != nil {
		files = append(files, File{Public, public})
	}
	return WriteSigned(w, at, files, sign)
}

// WriteSigned is Write with a ReadMe of the caller's own among the files, and a signature over the list of sums. Without sign
// there is none.
func WriteSigned(w io.Writer, at time.Time, files []File, sign func([]byte) []byte) (sum string, err error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var sums bytes.Buffer
	for i, f := range files {
		if !safe(f.Name) || i > 0 && f.Name == files[i-1].Name {
			return "", fmt.Errorf("bundle: %q cannot be a file's name here", f.Name)
		}
		fmt.Fprintf(&sums, "%s  %s\n", hash(f.Body), f.Name)
	}
	z := zip.NewWriter(w)
	files = append(files, File{Sums, sums.Bytes()})
	if sign != nil {
		files = append(files, File{Seal, sign(sums.Bytes())})
	}
	for _, f := range files {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC()})
		if err != nil {
			return "", err
		}
		if _, err := out.Write(f.Body); err != nil {
			return "", err
		}
	}
	return hash(sums.Bytes()), z.Close()
}

const readme = `This archive holds evidence as it was kept. To check that nothing in it was changed, unpack it and run

    sha256sum -c SHA256SUMS

(on macOS: shasum -a 256 -c SHA256SUMS), or without unpacking

    breakwater evidence verify FILE.zip

Where there is a SHA256SUMS.sig, it is the desk's signature (Ed25519) over SHA256SUMS, and desk.pub its public key:

    openssl pkeyutl -verify -pubin -inkey desk.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

manifest.json says what each file is, when and by whom it was kept, and where the desk's journal stood when the archive was
made. The journal is a chain of hashes: the desk can show that the entry with that number has that hash, and that the archive
with this SHA256SUMS was made by the entry after it.
`

// Most of what a bundle may hold when it is checked: what is larger was not made by us.
const (
	maxFiles = 20_000
	maxFile  = 64 << 20
	maxAll   = 2 << 30
)

// Report is what became of a check.
type Report struct {
	Files    int      // that were checked
	Sum      string   // SHA-256 of the list of sums
	Manifest []byte   // as it is; nil when there is none
	Sums     []byte   // the list of sums, which Seal signs
	Seal     []byte   // the signature, nil when there is none
	Problems []string // empty: nothing was changed
}

// Verify checks a bundle: every file is there, has its sum, and none is there that is not in the list. An error says that it cannot
// be read at all.
func Verify(r io.ReaderAt, size int64) (Report, error) { return VerifyEach(r, size, nil) }

// VerifyEach is Verify that hands every file to each, in the order of the archive and before anything is known about it.
func VerifyEach(r io.ReaderAt, size int64, each func(name string, body []byte)) (Report, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Report{}, fmt.Errorf("this is no ZIP archive: %w", err)
	}
	c := check{found: map[string]string{}}
	var sums []byte
	for _, f := range z.File {
		if len(c.found) > maxFiles || c.total > maxAll {
			return Report{}, errors.New("this archive is larger than any that a desk makes")
		}
		body, err := c.read(f)
		switch {
		case err != nil:
			c.wrong("%s cannot be read: %v", f.Name, err)
		case f.Name == Sums:
			sums, c.report.Sum, c.report.Sums = body, hash(body), body
		case f.Name == Seal:
			c.report.Seal = body
		case f.Name == Manifest:
			c.report.Manifest = body
		}
		if err == nil && each != nil {
			each(f.Name, body)
		}
	}
	if sums == nil {
		return c.report, fmt.Errorf("this archive has no %s: it is not a bundle of ours", Sums)
	}
	c.compare(sums)
	return c.report, nil
}

type check struct {
	found  map[string]string // sums by name
	total  int64
	report Report
}

func (c *check) wrong(format string, args ...any) {
	c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, args...))
}

// read reads one file and keeps its sum.
func (c *check) read(f *zip.File) ([]byte, error) {
	if !safe(f.Name) {
		return nil, errors.New("its name leads elsewhere")
	}
	if _, twice := c.found[f.Name]; twice {
		return nil, errors.New("it is there twice")
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxFile {
		return nil, errors.New("it is too large")
	}
	c.total += int64(len(body))
	c.found[f.Name] = hash(body)
	return body, nil
}

// compare holds what was found against the list of sums.
func (c *check) compare(sums []byte) {
	delete(c.found, Sums)
	delete(c.found, Seal) // it signs the list, so it cannot be in it
	lines := bufio.NewScanner(bytes.NewReader(sums))
	for lines.Scan() {
		want, name, ok := strings.Cut(lines.Text(), "  ")
		got, there := c.found[name]
		switch {
		case !ok:
			c.wrong("%s has a line that is none: %.80q", Sums, lines.Text())
		case !there:
			c.wrong("%s is missing", name)
		case got != want:
			c.wrong("%s was changed", name)
		default:
			c.report.Files++
		}
		delete(c.found, name)
	}
	for name := range c.found {
		c.wrong("%s was added", name)
	}
	slices.Sort(c.report.Problems)
}

// safe reports whether a name stays within the folder that an archive is unpacked in.
func safe(name string) bool {
	return name != "" && path.Clean(name) == name && !path.IsAbs(name) && name != ".." && !strings.HasPrefix(name, "../") && !strings.ContainsAny(name, "\\\n\r\x00")
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
