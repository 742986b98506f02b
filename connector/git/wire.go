package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// What is said here is git's pack protocol, version 0 (git's Documentation/gitprotocol-pack and gitprotocol-http, 2.47).

var (
	errNoGit    = errors.New("there is no repository that can be pushed to")
	errNotTaken = errors.New("the branch was not moved")
)

// none is the name of no object.
var none = strings.Repeat("0", 40)

// flush ends a list of lines.
var flush = []byte("0000")

// line is text with its length before it.
func line(text string) []byte { return fmt.Appendf(nil, "%04x%s", len(text)+4, text) }

// maxLine is as long as a line can be, in bytes.
const maxLine = 65520

// readLine reads a line; end is true for the mark that ends a list.
func readLine(r io.Reader) (text string, end bool, err error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return "", false, err
	}
	n, err := strconv.ParseUint(string(size[:]), 16, 16)
	switch {
	case err != nil || n > maxLine || n > 0 && n < 4:
		return "", false, fmt.Errorf("%w: a line of the length %q", errNoGit, size)
	case n == 0:
		return "", true, nil
	}
	b := make([]byte, n-4)
	_, err = io.ReadFull(r, b)
	return strings.TrimSuffix(string(b), "\n"), false, err
}

// refs are a repository's branches and tags: the commit at each.
type refs struct{ at map[string]string }

// maxRefs is how many are read: more are no place for a website.
const maxRefs = 100_000

// readRefs reads what a repository says of itself.
func readRefs(r io.Reader) (refs, error) {
	have := refs{at: make(map[string]string)}
	for n := range maxRefs {
		text, end, err := readLine(r)
		if err != nil {
			return have, errors.Join(errNoGit, err)
		}
		if end {
			return have, nil
		}
		text, can, _ := strings.Cut(text, "\x00")
		hash, name, ok := strings.Cut(text, " ")
		if !ok || len(hash) != 40 || n == 0 && !strings.Contains(can, "report-status") {
			return have, fmt.Errorf("%w: it says %.60q", errNoGit, text)
		}
		have.at[name] = hash
	}
	return have, errNoGit
}

// advertised reads what the web answers when it is asked for branches.
func advertised(body []byte) (refs, error) {
	r := bytes.NewReader(body)
	if text, _, err := readLine(r); err != nil || text != "# service=git-receive-pack" {
		return refs{}, errors.Join(errNoGit, err)
	}
	if _, end, err := readLine(r); err != nil || !end {
		return refs{}, errors.Join(errNoGit, err)
	}
	return readRefs(r)
}

// accepted reads the answer to a push. errNotTaken, with the server's reason for the log.
func accepted(answer []byte, ref string) error {
	r := bytes.NewReader(answer)
	if text, _, err := readLine(r); err != nil || text != "unpack ok" {
		return fmt.Errorf("%w: %.100q", errNotTaken, text)
	}
	text, _, err := readLine(r)
	if err != nil || text != "ok "+ref {
		return fmt.Errorf("%w: %.200q", errNotTaken, text)
	}
	return nil
}

// overShell talks to git at the other end of an SSH connection.
func overShell(conn *ssh.Client, path string, then func(refs, func(command, pack []byte) ([]byte, error)) error) error {
	s, err := conn.NewSession()
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	in, err := s.StdinPipe()
	if err != nil {
		return err
	}
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.Start("git-receive-pack '" + strings.ReplaceAll(path, "'", `'\''`) + "'"); err != nil {
		return errors.Join(errNoGit, err)
	}
	r := bufio.NewReader(out)
	have, err := readRefs(r)
	if err != nil {
		return err
	}
	sent := false
	err = then(have, func(command, pack []byte) ([]byte, error) {
		sent = true
		if _, err := in.Write(append(append(command, flush...), pack...)); err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(r, 64<<10))
	})
	if !sent {
		_, _ = in.Write(flush) // we want nothing after all
	}
	in.Close()
	return err
}
