package connector

import (
	"errors"
	"fmt"

	"breakwater/desk"
	"breakwater/internal/shell"
	"breakwater/mirror"
)

// KeyFields are the settings of a server that one signs in to by SSH: our key, and the server's.
var KeyFields = []desk.Field{
	{Name: "key", Label: "Private key", Kind: "secret", Help: "Empty: the desk makes one and shows the half that belongs on the server."},
	{Name: mirror.HostKey, Label: "Key of the server", Help: "Its fingerprint, SHA256:… Empty: it is shown at the first test, to be confirmed."},
}

// FreshKey makes a key to sign in with, where neither a key nor a password is given.
func FreshKey(set desk.Settings) (err error) {
	if set["key"] == "" && set["password"] == "" {
		set["key"], err = shell.NewKey()
	}
	return err
}

// PublicKey is the half of our key that the server has to know; empty without a key.
func PublicKey(set desk.Settings) string {
	if set["key"] == "" {
		return ""
	}
	public, err := shell.Public(set["key"])
	if err != nil {
		return ""
	}
	return public
}

// ShellFailure is Failure for signing in by SSH.
func ShellFailure(host string, err error) error {
	var stranger *shell.Stranger
	switch {
	case errors.As(err, &stranger):
		return fmt.Errorf("%w: %w", &mirror.Stranger{Shown: stranger.Shown, Other: stranger.Known != ""}, err)
	case errors.Is(err, shell.ErrRefused):
		return &desk.Problem{Say: desk.Say("{host} does not let us in. Check the user name, and that our public key or the password is right.", "host", host), Err: fmt.Errorf("%w: %w", desk.ErrDenied, err)}
	case errors.Is(err, shell.ErrUnusable):
		return &desk.Problem{Say: desk.Say("This is no private key that can be read. It must have no passphrase."), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
	}
	return Failure(err)
}
