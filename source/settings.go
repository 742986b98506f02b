package source

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// Mask is shown to people in the place of a secret; a form that sends it back leaves the secret as it is.
const Mask = "***"

// longest bytes of a setting; a list of addresses may be long, a novel is a mistake.
const longest = 64 << 10

// masked is s with its secrets hidden, for people.
func masked(s desk.Source, spec desk.Spec) desk.Source {
	s.Settings = maps.Clone(s.Settings)
	for _, f := range spec.Fields {
		if f.Kind == "secret" && s.Settings[f.Name] != "" {
			s.Settings[f.Name] = Mask
		}
	}
	return s
}

// unmasked puts the stored secrets back where the form sent the mask. A secret never goes to another address than the one it
// was entered for: where an address changed, it must be entered again, or whoever may change a source could read it.
func unmasked(sent, stored desk.Settings, spec desk.Spec) (desk.Settings, error) {
	out := maps.Clone(sent)
	if out == nil {
		out = make(desk.Settings)
	}
	moved := slices.ContainsFunc(spec.Fields, func(f desk.Field) bool {
		return f.Kind == "url" && stored[f.Name] != "" && strings.TrimSpace(out[f.Name]) != stored[f.Name]
	})
	for _, f := range spec.Fields {
		switch {
		case f.Kind != "secret" || out[f.Name] != Mask:
		case moved:
			return nil, desk.Wrong(f.Name, "The address changed: enter the secret again.")
		default:
			out[f.Name] = stored[f.Name]
		}
	}
	return out, nil
}

// apart takes the user and password out of an address, where everybody who may see sources would read them, and puts them into
// the fields for them, if the kind has these.
func apart(set desk.Settings, spec desk.Spec) desk.Settings {
	has := func(name string) bool {
		return slices.ContainsFunc(spec.Fields, func(f desk.Field) bool { return f.Name == name })
	}
	out := maps.Clone(set)
	for _, f := range spec.Fields {
		u, err := url.Parse(strings.TrimSpace(set[f.Name]))
		if f.Kind != "url" || err != nil || u.User == nil {
			continue
		}
		if password, _ := u.User.Password(); has("user") && has("password") {
			out["user"], out["password"] = u.User.Username(), password
		}
		u.User = nil
		out[f.Name] = u.String()
	}
	return out
}

// tidy trims the settings, fills in defaults and says everything that is wrong with them: a *desk.Invalid for each field,
// joined.
func tidy(set desk.Settings, spec desk.Spec) (desk.Settings, error) {
	out := make(desk.Settings, len(spec.Fields))
	var wrong []error
	for _, f := range spec.Fields {
		v := strings.TrimSpace(set[f.Name])
		if v == "" {
			v = f.Default
		}
		if err := check(f, v); err != nil {
			wrong = append(wrong, err)
		}
		if v != "" {
			out[f.Name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if !slices.ContainsFunc(spec.Fields, func(f desk.Field) bool { return f.Name == name }) {
			wrong = append(wrong, desk.Wrong(name, "There is no such setting."))
		}
	}
	return out, errors.Join(wrong...)
}

// check says what is wrong with one setting.
func check(f desk.Field, v string) error {
	switch {
	case v == "" && f.Required:
		return desk.Wrong(f.Name, "Fill this in.")
	case v == "":
		return nil
	case len(v) > longest:
		return desk.Wrong(f.Name, "This is too long.")
	}
	switch f.Kind {
	case "url":
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme) {
			return desk.Wrong(f.Name, "Enter a whole address, like https://example.org/feed.")
		}
	case "number":
		if _, err := strconv.Atoi(v); err != nil {
			return desk.Wrong(f.Name, "Enter a whole number.")
		}
	case "choice":
		if !slices.Contains(f.Choices, v) {
			return desk.Wrong(f.Name, "Choose one of: {choices}.", "choices", strings.Join(f.Choices, ", "))
		}
	case "bool":
		if _, err := strconv.ParseBool(v); err != nil {
			return desk.Wrong(f.Name, "Choose yes or no.")
		}
	}
	return nil
}

// invent makes the secrets that nobody should have to: the signing keys of those who push to us. It reports whether it did.
func invent(set desk.Settings, spec desk.Spec) bool {
	made := false
	for _, f := range spec.Fields {
		if spec.Push && f.Kind == "secret" && f.Required && set[f.Name] == "" {
			key := make([]byte, 32)
			rand.Read(key) // never fails
			set[f.Name] = "whsec_" + base64.StdEncoding.EncodeToString(key)
			made = true
		}
	}
	return made
}
