package journal_test

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/journal"
	"breakwater/store"
)

// kept is a journal of seven entries with its heads, in a folder.
func kept(t *testing.T) (*journal.Log, *store.DB, string) {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	key, err := journal.Key(filepath.Join(dir, journal.KeyFile))
	check(t, err)
	heads := &journal.Heads{Dir: dir, Key: key, Log: slog.New(slog.DiscardHandler)}
	db.OnJournal(heads.Saw)
	for range 7 {
		_, err := db.Record(t.Context(), desk.Act{Who: "user:1", Name: "אנה", Do: "incident.note", Why: "a \"reason\"\nof two lines", From: "192.0.2.7"}, "incident:4",
			desk.Out{Say: desk.Say("{name} wrote a note.", "name", "אנה")})
		check(t, err)
	}
	return &journal.Log{Store: db, Heads: heads}, db, dir
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Who cuts off the end of the journal, or writes it anew as a whole, is found out by what lies beside the database.
func TestHeads(t *testing.T) {
	t.Parallel()
	l, _, dir := kept(t)
	v, err := l.Verify(t.Context())
	if err != nil || !v.Intact || v.Entries != 7 {
		t.Fatalf("a whole journal = %+v, %v", v, err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	check(t, err)
	defer raw.Close()
	_, err = raw.ExecContext(t.Context(), "DELETE FROM journal WHERE seq > 5")
	check(t, err)
	v, err = l.Verify(t.Context())
	if err != nil || v.Intact || len(v.Findings) != 2 || v.Findings[0].Seq != 6 || v.Findings[1].Seq != 7 || !strings.Contains(v.Problem, "Entry 6 is missing.") {
		t.Errorf("without the newest two = %+v, %v; want both named", v, err)
	}
	// The same after a restart, when all that is known lies in files.
	key, err := journal.Key(filepath.Join(dir, journal.KeyFile))
	check(t, err)
	fresh := &journal.Log{Store: l.Store, Heads: &journal.Heads{Dir: dir, Key: key, Log: slog.New(slog.DiscardHandler)}}
	if v, err := fresh.Verify(t.Context()); err != nil || len(v.Findings) != 2 {
		t.Errorf("after a restart = %+v, %v; want both named", v, err)
	}
	path := filepath.Join(dir, journal.NewestFile)
	text, err := os.ReadFile(path)
	check(t, err)
	check(t, os.WriteFile(path, bytes.Replace(text, []byte("7 "), []byte("5 "), 1), 0o600))
	if v, err := fresh.Verify(t.Context()); err != nil || v.Intact || !strings.Contains(v.Problem, "heads was changed") {
		t.Errorf("with a forged head = %+v, %v; want it told", v, err)
	}
}

// exported is a bundle of the journal.
func exported(t *testing.T, l *journal.Log, after int64) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, l.Export(t.Context(), &b, after))
	return b.Bytes()
}

func TestBundle(t *testing.T) {
	t.Parallel()
	l, _, _ := kept(t)
	other, _, _ := kept(t)
	mine, _, err := l.PublicKey(t.Context())
	check(t, err)
	theirs, _, err := other.PublicKey(t.Context())
	check(t, err)
	whole, part := exported(t, l, 0), exported(t, l, 3)
	edit := func(name, from, to string) []byte { return rezipped(t, whole, name, from, to) }
	for _, tt := range []struct {
		name    string
		bundle  []byte
		key     []byte
		entries int
		problem string
	}{
		{"as it is", whole, nil, 8, ""},
		{"of the desk that is known", whole, mine, 8, ""},
		{"only the newest", part, mine, 6, ""},
		{"of another desk", whole, theirs, 8, "signed by another key"},
		{"an entry was changed", edit("entries-0001.jsonl", "192.0.2.7", "192.0.2.8"), nil, 0, "entries-0001.jsonl was changed"},
		{"and which one is said", edit("entries-0001.jsonl", "192.0.2.7", "192.0.2.8"), nil, 0, "Entry 1 was changed after it was written."},
		{"another key was put in", edit("journal.pub", string(mine), string(theirs)), nil, 8, "its signature is not right"},
		{"the sums were made anew", edit("SHA256SUMS", "journal.pub", "journal.pud"), nil, 8, "its signature is not right"},
	} {
		p, err := journal.VerifyBundle(bytes.NewReader(tt.bundle), int64(len(tt.bundle)), tt.key)
		if err != nil || p.Intact != (tt.problem == "") || p.Entries != tt.entries || !strings.Contains(p.Problem, tt.problem) {
			t.Errorf("%s: %+v, %v; want %d entries and %q", tt.name, p, err, tt.entries, tt.problem)
		}
	}
	if _, err := journal.VerifyBundle(bytes.NewReader([]byte("PK")), 2, nil); err == nil {
		t.Error("what is no archive was read")
	}
	if err := l.Export(desk.WithActor(t.Context(), desk.Actor{Role: desk.Lead}), io.Discard, 0); err == nil {
		t.Error("a lead exports the journal with everybody's addresses")
	}
}

// rezipped is an archive with something replaced in one of its files.
func rezipped(t *testing.T, archive []byte, name, from, to string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	check(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range r.File {
		in, err := f.Open()
		check(t, err)
		body, err := io.ReadAll(in)
		check(t, err)
		if f.Name == name {
			body = bytes.Replace(body, []byte(from), []byte(to), 1)
		}
		out, err := w.Create(f.Name)
		check(t, err)
		_, err = out.Write(body)
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// Anybody can check a bundle with what its README says, word for word.
func TestBundleWithCommonTools(t *testing.T) {
	t.Parallel()
	l, _, _ := kept(t)
	archive := exported(t, l, 2)
	dir := t.TempDir()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	check(t, err)
	check(t, os.CopyFS(dir, r))
	readme, err := os.ReadFile(filepath.Join(dir, "README.txt"))
	check(t, err)
	_, code, _ := strings.Cut(string(readme), "In Python:\n\n")
	code = strings.ReplaceAll(strings.TrimPrefix(code, "    "), "\n    ", "\n")
	run := func(program string, args ...string) string {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cmd := exec.CommandContext(ctx, needs.Program(t, program, program), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", program, err, out)
		}
		return string(out)
	}
	run("sha256sum", "-c", "--quiet", "SHA256SUMS")
	run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "journal.pub", "-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig")
	if out := run("python3", "-c", code); !strings.HasPrefix(out, "whole: 6 entries") {
		t.Errorf("the program of the README says %q", out)
	}
}
