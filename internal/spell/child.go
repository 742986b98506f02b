package spell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// verdict is what the dictionary says about a word.
type verdict struct {
	wrong   bool
	suggest []string
}

// child is a running hunspell. One question at a time; turn holds a token for whoever asks.
type child struct {
	program, dict string
	turn          chan struct{}
	known         map[string]verdict // what it said before; guarded by turn
	cmd           *exec.Cmd
	in            io.WriteCloser
	out           *bufio.Reader
}

const (
	// maxKnown bounds what is remembered of a language; then it is forgotten whole.
	maxKnown = 20000
	// maxSuggest is how many words are proposed.
	maxSuggest = 3
	// patience is how long a child may take when the caller sets no end: he_IL needs half a second to start.
	patience = 20 * time.Second
)

func newChild(program, dict string) *child {
	return &child{program: program, dict: dict, turn: make(chan struct{}, 1), known: make(map[string]verdict)}
}

// ask looks words up. A child that died is started once more; one that does not answer before ctx ends is ended.
func (c *child) ask(ctx context.Context, list []string) (map[string]verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if len(c.known) > maxKnown {
		clear(c.known)
	}
	answers := make(map[string]verdict, len(list))
	for _, w := range list {
		v, ok := c.known[w]
		if !ok {
			var err error
			if v, err = c.one(ctx, w); err != nil && ctx.Err() == nil {
				c.end()
				v, err = c.one(ctx, w)
			}
			if err != nil {
				c.end()
				return nil, err
			}
			c.known[w] = v
		}
		answers[w] = v
	}
	return answers, nil
}

// one asks about a word. The child is killed when ctx ends, which ends the reading.
func (c *child) one(ctx context.Context, word string) (verdict, error) {
	if c.cmd == nil {
		if err := c.start(ctx); err != nil {
			return verdict{}, err
		}
	}
	process := c.cmd.Process
	stop := context.AfterFunc(ctx, func() { _ = process.Kill() })
	defer stop()
	if _, err := io.WriteString(c.in, "^"+word+"\n"); err != nil {
		return verdict{}, because(ctx, err)
	}
	var v verdict
	for {
		line, err := c.out.ReadString('\n')
		if err != nil {
			return v, because(ctx, err)
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return v, nil
		}
		switch line[0] {
		case '&':
			v.wrong = true
			if _, list, ok := strings.Cut(line, ": "); ok {
				v.suggest = append(v.suggest, strings.SplitN(list, ", ", maxSuggest+1)...)
				v.suggest = v.suggest[:min(len(v.suggest), maxSuggest)]
			}
		case '#':
			v.wrong = true
		}
	}
}

func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("hunspell: %w", err)
}

func (c *child) start(ctx context.Context) error {
	// It outlives the question that started it: the dictionary is read once.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), c.program, "-a", "-d", c.dict, "-i", "UTF-8")
	cmd.Env = []string{"LC_ALL=C.UTF-8", "HOME=/nonexistent"} // no words of a person's own
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.Join(err, in.Close())
	}
	if err := cmd.Start(); err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	c.cmd, c.in, c.out = cmd, in, bufio.NewReaderSize(out, 64<<10)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	if _, err := c.out.ReadString('\n'); err != nil { // it names itself
		c.end()
		return fmt.Errorf("hunspell does not start with %s: %w", c.dict, because(ctx, err))
	}
	return nil
}

// end ends the child, if it runs, and waits for it.
func (c *child) end() {
	if c.cmd == nil {
		return
	}
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait() // killed: its code says nothing
	c.cmd = nil
}

// stop ends the child for good, after the question that is under way.
func (c *child) stop() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.end()
}
