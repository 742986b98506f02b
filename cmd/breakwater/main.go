// Command breakwater is the crisis desk: it runs one, looks after its data folder, and speaks to one that runs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"breakwater/internal/posttext"
)

// version is set when the binary is linked.
var version = "dev"

// Exit codes: what scripts can rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// streams are where a command reads and writes.
type streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// run is main without the process: it parses args, runs the command and gives the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	exited := -1 // --help and --version end through kong's Exit
	parser, err := kong.New(&c,
		kong.Name("breakwater"),
		kong.Description("The crisis desk that you run yourself. Exit codes: 0 done, 1 failed, 2 wrong use."),
		kong.UsageOnError(),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"version": version, "networks": strings.Join(posttext.Networks(), ", ")},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{In: in, Out: out, Err: errOut}),
	)
	if err != nil {
		fmt.Fprintln(errOut, "breakwater:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	cmd, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "breakwater: %v\nbreakwater --help lists the commands and their flags\n", err)
		return exitUsage
	}
	if err := cmd.Run(&c.Remote); err != nil {
		return tell(errOut, err)
	}
	return exitDone
}

// tell says what went wrong and gives the exit code for it.
func tell(w io.Writer, err error) int {
	var wrong *usageError
	if errors.As(err, &wrong) {
		fmt.Fprintln(w, "breakwater:", wrong.say)
		return exitUsage
	}
	fmt.Fprintln(w, "breakwater:", err)
	return exitFailed
}

// usageError is a command that cannot mean anything as it was written.
type usageError struct{ say string }

func (e *usageError) Error() string { return e.say }

func misuse(format string, args ...any) error { return &usageError{say: fmt.Sprintf(format, args...)} }
