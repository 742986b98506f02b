package centre

import (
	"context"
	"errors"

	"breakwater/desk"
)

// Unsafe is why browsers cannot open a host name by https.
type Unsafe string

// The reasons.
const (
	Refused    Unsafe = "refused"    // the authority gives no certificate
	Unreadable Unsafe = "unreadable" // the one on disk cannot be read
	RanOut     Unsafe = "ran-out"    // the one on disk has
	Missing    Unsafe = "none"       // there is none, and none is got
)

// say tells people what is wrong with a host name, and what to do. words are those of whoever refused.
func (u Unsafe) say(host, words string) desk.Text {
	switch u {
	case Refused:
		return desk.Say("Browsers cannot open {name} by https: the authority gives no certificate for it. Its words: “{why}”. The name has to lead to this machine, and port 443 to this program.", "name", host, "why", words)
	case Unreadable:
		return desk.Say("The certificate of {name} cannot be read: “{why}”. Put {name}.crt and {name}.key into the folder of certificates anew; they are taken as they come.", "name", host, "why", words)
	case RanOut:
		return desk.Say("The certificate of {name} has run out: browsers warn people away. Put a renewed one into the folder of certificates; it is taken as it comes.", "name", host)
	}
	return desk.Say("There is no certificate for {name}: browsers cannot open it by https. Put {name}.crt and {name}.key into the folder of certificates, or start the desk with --acme.", "name", host)
}

// unsafe are the host names of a brand's crisis centre, and of the console, that browsers cannot open by https.
func (d *Desk) unsafe(ctx context.Context, brandID int64) (all []Trouble, err error) {
	if d.Unsafe == nil {
		return nil, nil
	}
	ch, err := d.channel(ctx, brandID)
	var missing *desk.Invalid
	if err != nil && !errors.As(err, &missing) {
		return nil, err
	}
	own := d.host()
	for i, name := range []string{own, hostname(ch.Settings["host"])} {
		if name == "" || i > 0 && name == own {
			continue
		}
		if t, wrong := d.Unsafe(name); wrong {
			all = append(all, t)
		}
	}
	return all, nil
}
