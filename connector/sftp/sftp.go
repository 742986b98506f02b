// Package sftp keeps a copy of the public pages in a folder that is reached by SFTP: a web server serves it.
package sftp

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/shell"
	"breakwater/mirror"
)

// Kind is a copy by SFTP.
var Kind = connector.Kind{Place: newFolder, PlaceFresh: connector.FreshKey, PlacePublic: connector.PublicKey, Spec: desk.Spec{
	Kind:  "sftp",
	Title: "Folder on a server (SFTP)",
	Help:  "A folder that a web server serves, reached by SSH. Files are replaced one by one, each at once; compressed copies lie beside them.",
	Fields: append([]desk.Field{
		{Name: "host", Label: "Server", Required: true, Help: "Its host name."},
		{Name: "port", Label: "Port", Kind: "number", Default: "22"},
		{Name: "user", Label: "User name", Required: true},
		{Name: "password", Label: "Password", Kind: "secret", Help: "Empty: the key signs in."},
		{Name: "folder", Label: "Folder", Required: true, Help: "Such as /var/www/help. It has to exist; of what lies there only our own files are ever removed."},
	}, connector.KeyFields...),
}}

// folder is where a copy lies.
type folder struct {
	set desk.Settings
	env connector.Env
}

func newFolder(set desk.Settings, env connector.Env) (mirror.Place, error) {
	if strings.ContainsAny(set["host"], "/:@ ") {
		return nil, desk.Wrong("host", "Enter a host name alone, like help.example.org.")
	}
	if set["key"] != "" {
		if _, err := shell.Parse(set["key"]); err != nil {
			return nil, desk.Wrong("key", "This is no private key that can be read. It must have no passphrase.")
		}
	}
	return &folder{set, env}, nil
}

// dial signs in. close ends it.
func (f *folder) dial(ctx context.Context) (c *sftp.Client, hangUp func(), err error) {
	conn, err := shell.Dial(ctx, f.env.Fetch, shell.Account{
		Address: net.JoinHostPort(f.set["host"], f.set["port"]), User: f.set["user"], Password: f.set["password"], Key: f.set["key"], HostKey: f.set[mirror.HostKey],
	})
	if err != nil {
		return nil, nil, connector.ShellFailure(f.set["host"], err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	if c, err = sftp.NewClient(conn); err != nil {
		stop()
		_ = conn.Close()
		return nil, nil, f.failure(ctx, err)
	}
	return c, func() {
		stop()
		_ = c.Close()
		_ = conn.Close()
	}, nil
}

// failure says what an error means.
func (f *folder) failure(ctx context.Context, err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), err)
	case errors.Is(err, fs.ErrPermission):
		return &desk.Problem{Say: desk.Say("{user} may not write in the folder {folder} of {host}.", "user", f.set["user"], "folder", f.set["folder"], "host", f.set["host"]), Err: errors.Join(desk.ErrDenied, err)}
	case errors.Is(err, fs.ErrNotExist):
		return &desk.Problem{Say: desk.Say("There is no folder {folder} at {host}.", "folder", f.set["folder"], "host", f.set["host"]), Err: errors.Join(desk.ErrBroken, err)}
	case errors.As(err, &status):
		return &desk.Retry{Err: &desk.Problem{Say: desk.Say("{host} could not keep a file: its disk may be full. We keep trying.", "host", f.set["host"]), Err: err}}
	}
	return &desk.Retry{Err: &desk.Problem{Say: desk.Say("{host} cannot be reached. We keep trying.", "host", f.set["host"]), Err: err}}
}

// Push implements mirror.Place: each file is written beside its name and then renamed.
func (f *folder) Push(ctx context.Context, change mirror.Change, may func() error) (done int, err error) {
	c, hangUp, err := f.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer hangUp()
	if _, err := c.ReadDir(f.set["folder"]); err != nil { // nothing is made elsewhere because of a slip in its name
		return 0, f.failure(ctx, err)
	}
	made := map[string]bool{f.set["folder"]: true}
	for _, s := range change.Steps {
		if err := may(); err != nil {
			return done, err
		}
		if err := f.step(c, s, made); err != nil {
			return done, f.failure(ctx, err)
		}
		done++
	}
	return done, nil
}

func (f *folder) step(c *sftp.Client, s mirror.Step, made map[string]bool) error {
	full := path.Join(f.set["folder"], s.Name)
	if s.Gone {
		return f.remove(c, full)
	}
	if dir := path.Dir(full); !made[dir] {
		if err := c.MkdirAll(dir); err != nil {
			return err
		}
		made[dir] = true
	}
	if s.File.Gzip == nil {
		if err := gone(c.Remove(full + ".gz")); err != nil {
			return err
		}
	} else if err := write(c, full+".gz", s.File.Gzip); err != nil {
		return err
	}
	return write(c, full, s.File.Body)
}

// remove takes a file away with all that we laid beside it, and its folder when that was the last one.
func (f *folder) remove(c *sftp.Client, full string) error {
	for _, name := range []string{full, full + ".gz", part(full), part(full + ".gz")} {
		if err := gone(c.Remove(name)); err != nil {
			return err
		}
	}
	if dir := path.Dir(full); dir != path.Clean(f.set["folder"]) {
		_ = c.RemoveDirectory(dir) // what else lies there keeps it
	}
	return nil
}

// gone is no error when there was nothing to remove.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// part is where a file is written until it is whole: always the same name, so that what a crash left is overwritten.
func part(full string) string { return path.Join(path.Dir(full), "."+path.Base(full)+".part") }

func write(c *sftp.Client, full string, body []byte) error {
	beside := part(full)
	w, err := c.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	if err := c.Chmod(beside, 0o644); err != nil {
		return err
	}
	if err = c.PosixRename(beside, full); err == nil {
		return nil
	}
	if _, has := c.HasExtension("posix-rename@openssh.com"); has {
		return err
	}
	// A server that renames onto nothing that exists: for a moment the file is missing.
	if err := gone(c.Remove(full)); err != nil {
		return err
	}
	return c.Rename(beside, full)
}

// Test implements mirror.Place.
func (f *folder) Test(ctx context.Context) error {
	c, hangUp, err := f.dial(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	if _, err := c.ReadDir(f.set["folder"]); err != nil {
		return f.failure(ctx, err)
	}
	probe := path.Join(f.set["folder"], ".breakwater-test")
	if err := write(c, probe, []byte("Breakwater may write here.\n")); err != nil {
		return f.failure(ctx, err)
	}
	return f.failure(ctx, c.Remove(probe))
}
