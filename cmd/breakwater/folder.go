package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"breakwater/app"
	"breakwater/desk"
)

// folderFlags name the data folder that a command works on, without a running desk.
type folderFlags struct {
	Data     string `help:"Data folder." env:"BREAKWATER_DATA" default:"data" placeholder:"DIR"`
	Database string `help:"PostgreSQL address (postgres://…); empty is SQLite in the data folder." env:"BREAKWATER_DATABASE" placeholder:"URL"`
}

func (f *folderFlags) config(s streams) app.Config {
	return app.Config{Data: f.Data, DSN: f.Database, Out: s.Out, Log: slog.New(slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

// folder opens the data folder, verifies the journal and prints what is wrong.
func (c *checkCmd) folder(ctx context.Context, r *remote, s streams) error {
	type finding struct {
		OK   bool   `json:"ok"`
		What string `json:"what"`
	}
	var lost error
	problems, err := app.Check(ctx, c.config(s), func(ok bool, what string) {
		if r.JSON {
			lost = errors.Join(lost, print1(s.Out, finding{ok, what}))
			return
		}
		mark := "ok      "
		if !ok {
			mark = "PROBLEM "
		}
		fmt.Fprintln(s.Out, mark+clean([]string{what})[0])
	})
	err = errors.Join(err, lost)
	if err == nil && problems > 0 {
		err = fmt.Errorf("%d problems", problems)
	}
	return err
}

type backupCmd struct {
	folderFlags `embed:""`
	To          string `arg:"" help:"New file."`
}

// Run copies database and key while the desk runs.
func (b *backupCmd) Run(ctx context.Context, r *remote, s streams) error {
	if err := app.Backup(ctx, b.config(s), b.To); err != nil {
		return err
	}
	return said(r, s, "backed up to "+b.To+"; it holds every secret of the desk, so keep it like a password")
}

type restoreCmd struct {
	folderFlags `embed:""`
	From        string `arg:"" help:"File that backup wrote."`
	Force       bool   `help:"Replace the desk that is in the data folder; it is lost."`
}

// Run puts a backup into a data folder.
func (b *restoreCmd) Run(ctx context.Context, r *remote, s streams) error {
	err := app.Restore(ctx, b.config(s), b.From, b.Force)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w; --force replaces it", err)
	}
	if err != nil {
		return err
	}
	return said(r, s, "restored into "+b.Data)
}

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Give somebody an account."`
	List     userListCmd     `cmd:"" help:"List people."`
	Password userPasswordCmd `cmd:"" help:"Give somebody a new password, for who is locked out."`
	PIN      userPINCmd      `cmd:"" name:"pin" help:"Give somebody the PIN that they sign with; asks for their password."`
	Glass    userGlassCmd    `cmd:"" help:"Make somebody's account a break-glass account that opens whatever single sign-on does; shows its new second factor."`
	Token    userTokenCmd    `cmd:"" help:"Make a key to the API, for programs that set a desk up."`
}

type userAddCmd struct {
	folderFlags `embed:""`
	Email       string `arg:"" help:"E-mail address, to sign in with."`
	Name        string `help:"Name." required:""`
	Role        string `help:"viewer, responder, lead or admin." enum:"viewer,responder,lead,admin" default:"viewer"`
}

// Run makes an account in the data folder; the password is read from the terminal or from standard input.
func (u *userAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	role, err := desk.ParseRole(u.Role)
	if err != nil {
		return err
	}
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	added, err := app.AddUser(ctx, u.config(s), desk.User{Email: u.Email, Name: u.Name, Role: role}, password)
	if err != nil {
		return plain(err)
	}
	if r.JSON {
		return print1(s.Out, added)
	}
	return said(r, s, fmt.Sprintf("%s may sign in as %s", added.Name, added.Role))
}

type userListCmd struct {
	folderFlags `embed:""`
}

// Run lists the people of a data folder.
func (u *userListCmd) Run(ctx context.Context, r *remote, s streams) error {
	users, err := app.Users(ctx, u.config(s))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	if !r.JSON {
		fmt.Fprintln(w, "ID\tEMAIL\tNAME\tROLE\tSTATE")
	}
	for _, x := range users {
		if r.JSON {
			if err := print1(s.Out, x); err != nil {
				return err
			}
			continue
		}
		state := "may sign in"
		if x.Disabled {
			state = "disabled"
		}
		fmt.Fprintln(w, strings.Join(clean([]string{id(x.ID), x.Email, x.Name, x.Role.String(), state}), "\t"))
	}
	return w.Flush()
}

type userPasswordCmd struct {
	folderFlags `embed:""`
	Email       string `arg:"" help:"Whose."`
}

// Run gives somebody a new password.
func (u *userPasswordCmd) Run(ctx context.Context, r *remote, s streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	err = app.SetPassword(ctx, u.config(s), u.Email, password)
	if errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("nobody has the e-mail address %s", u.Email)
	}
	if err != nil {
		return plain(err)
	}
	return said(r, s, "changed; all sessions of "+u.Email+" ended")
}

type userGlassCmd struct {
	folderFlags `embed:""`
	Email       string `arg:"" help:"Whose; they become admin."`
}

// Run restores a way in: new password, new second factor, admin, whatever the account was before.
func (u *userGlassCmd) Run(ctx context.Context, r *remote, s streams) error {
	password, err := readPassword(s)
	if err != nil {
		return err
	}
	made, err := app.BreakGlass(ctx, u.config(s), u.Email, password)
	if errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("nobody has the e-mail address %s", u.Email)
	}
	if err != nil {
		return plain(err)
	}
	if r.JSON {
		return print1(s.Out, made)
	}
	_, err = fmt.Fprintf(s.Out, "%s is a break-glass account now; all its sessions ended\nsecond factor, for an app of one-time codes: %s\nor one of these codes, each good once:\n  %s\n",
		u.Email, made.TOTP, strings.Join(made.Recovery, "\n  "))
	return err
}

type userPINCmd struct {
	folderFlags `embed:""`
	Email       string `arg:"" help:"Whose."`
}

// Run gives somebody a PIN: password and PIN are asked for, or are the first two lines of standard input.
func (u *userPINCmd) Run(ctx context.Context, r *remote, s streams) error {
	secrets, err := readSecrets(s, "Password: ", "New PIN: ")
	if err != nil {
		return err
	}
	err = app.SetPIN(ctx, u.config(s), u.Email, secrets[0], secrets[1])
	if errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("nobody has the e-mail address %s", u.Email)
	}
	if err != nil {
		return plain(err)
	}
	return said(r, s, u.Email+" signs with this PIN")
}

// readSecrets asks for each on a terminal without showing it; otherwise they are the first lines of standard input.
func readSecrets(s streams, questions ...string) (all []string, err error) {
	f, ok := s.In.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		for _, q := range questions {
			one, err := ask(s, f, q)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, nil
	}
	lines := bufio.NewScanner(s.In)
	for range questions {
		if !lines.Scan() || lines.Text() == "" {
			return nil, misuse("give %d lines on standard input, or run this in a terminal", len(questions))
		}
		all = append(all, lines.Text())
	}
	return all, nil
}

type userTokenCmd struct {
	folderFlags `embed:""`
	Name        string `arg:"" help:"What it is for."`
	Of          string `help:"Whose: a program with it acts as this person, and signs with their PIN." placeholder:"EMAIL"`
	Role        string `help:"What it may do: viewer, responder, lead, admin." enum:"viewer,responder,lead,admin" default:"admin"`
}

// Run makes a token in the data folder.
func (u *userTokenCmd) Run(ctx context.Context, r *remote, s streams) error {
	role, err := desk.ParseRole(u.Role)
	if err != nil {
		return err
	}
	secret, err := app.AddToken(ctx, u.config(s), u.Of, u.Name, role)
	if errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("nobody has the e-mail address %s", u.Of)
	}
	if err != nil {
		return plain(err)
	}
	if r.JSON {
		return print1(s.Out, map[string]string{"token": secret.Reveal()})
	}
	_, err = fmt.Fprintln(s.Out, secret.Reveal())
	return err
}

// readPassword asks on a terminal, twice and without showing it; otherwise it is the first line of standard input.
func readPassword(s streams) (string, error) {
	f, ok := s.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(s.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", misuse("give the password on standard input, or run this in a terminal")
		}
		return line, nil
	}
	first, err := ask(s, f, "New password: ")
	if err != nil {
		return "", err
	}
	again, err := ask(s, f, "Once more: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two are not the same")
	}
	return first, nil
}

func ask(s streams, f *os.File, prompt string) (string, error) {
	fmt.Fprint(s.Err, prompt)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(s.Err)
	return string(b), err
}

// plain is an error as people read it: a wrong field's sentence.
func plain(err error) error {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return errors.New(wrong.Reason.English())
	}
	return err
}
