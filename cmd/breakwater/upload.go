package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// mostAnswer bounds what a desk answers to a file, in bytes: a remark on each of its rows.
const mostAnswer = 64 << 20

// upload sends a file, - for standard input, and prints the answer: as it came with --json, else as say puts it.
func upload[T any](c *client, path string, q url.Values, kind, file string, say func(io.Writer, T)) error {
	in, _, closeIn, err := openFile(c, file)
	if err != nil {
		return err
	}
	defer closeIn()
	resp, err := c.request(http.MethodPost, path, q, kind, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return err
	}
	if c.JSON {
		return c.line(raw)
	}
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	say(calm{c.Out}, out)
	return nil
}

// download writes what a path answers to standard output.
func download(c *client, path string, q url.Values) error {
	resp, err := c.request(http.MethodGet, path, q, "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(c.Out, resp.Body)
	return err
}
