package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"breakwater/desk"
)

type importCmd struct {
	Files  []string `arg:"" name:"file" help:"CSV or NDJSON files; - is standard input."`
	Source int64    `help:"Source of kind file that they belong to; without it the first one is taken, or one is made." placeholder:"ID"`
}

// imported is what became of a file.
type imported struct {
	Rows      int           `json:"rows"`
	New       int           `json:"new"`
	Known     int           `json:"known"`
	Edited    int           `json:"edited"`
	Gone      int           `json:"gone"`
	Unmatched int           `json:"unmatched"`
	Rejected  int           `json:"rejected"`
	Rejects   []desk.Reject `json:"rejects"`
}

// Run sends files to the desk. Rows are kept as they arrive: when it is cut off, running it again brings what is missing.
func (i *importCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if i.Source == 0 {
		if i.Source, err = fileSource(c); err != nil {
			return err
		}
	}
	var failed []error
	for _, name := range i.Files {
		if err := i.send(c, name); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(failed...)
}

// fileSource is the desk's first source of kind file, made when there is none.
func fileSource(c *client) (int64, error) {
	var found int64
	err := list(c, "/sources", nil, 0, func(_ json.RawMessage, x desk.Source) error {
		if x.Kind == "file" && found == 0 {
			found = x.ID
		}
		return nil
	})
	if err != nil || found != 0 {
		return found, err
	}
	var made desk.Source
	err = c.call(http.MethodPost, "/sources", nil, map[string]any{"kind": "file", "name": "Imported files", "keep_all": true, "settings": map[string]string{}}, &made)
	return made.ID, err
}

func (i *importCmd) send(c *client, name string) error {
	in, size, closeIn, err := openFile(c, name)
	if err != nil {
		return err
	}
	defer closeIn()
	bar := progress(c, name, size)
	resp, err := c.request(http.MethodPost, "/sources/"+id(i.Source)+"/import", nil, "application/octet-stream", io.TeeReader(in, bar))
	if err != nil {
		_ = bar.Exit() // the error says more
		return err
	}
	defer resp.Body.Close()
	_ = bar.Finish() // a bar that cannot be drawn is no reason to fail
	var out imported
	raw, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	if c.JSON {
		return c.line(raw)
	}
	return out.tell(c, name)
}

// tell prints what became of a file; bad rows go to standard error, by line.
func (i imported) tell(c *client, name string) error {
	for _, bad := range i.Rejects {
		fmt.Fprintf(c.Err, "%s:%d: %s\n", name, bad.Line, clean([]string{bad.Reason.English()})[0])
	}
	if more := i.Rejected - len(i.Rejects); more > 0 {
		fmt.Fprintf(c.Err, "%s: and %d more rows that cannot be read\n", name, more)
	}
	_, err := fmt.Fprintf(c.Out, "%s: %d rows: %d new, %d kept before, %d edited, %d deleted, %d that no monitor listens for, %d could not be read\n", name, i.Rows, i.New, i.Known, i.Edited, i.Gone, i.Unmatched, i.Rejected)
	return err
}

// openFile opens a file, or standard input, whose size is not known (-1).
func openFile(c *client, name string) (in io.Reader, size int64, closeIn func(), err error) {
	if name == "-" {
		return c.In, -1, func() {}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("this is a folder")
	}
	if err != nil {
		f.Close()
		return nil, 0, nil, err
	}
	return f, info.Size(), func() { f.Close() }, nil
}

// progress is a bar over the bytes sent; it is drawn only where somebody can see it.
func progress(c *client, name string, size int64) *progressbar.ProgressBar {
	f, ok := c.Err.(*os.File)
	visible := ok && !c.JSON && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions64(size,
		progressbar.OptionSetDescription(name), progressbar.OptionSetWriter(c.Err), progressbar.OptionSetVisibility(visible),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}
