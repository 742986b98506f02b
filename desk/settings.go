package desk

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Mask is shown to people in the place of a secret; a form that sends it back leaves the secret as it is.
const Mask = "***"

// longestSetting in bytes; a list of addresses may be long, a novel is a mistake.
const longestSetting = 64 << 10

// Masked is settings with the secrets hidden, for people.
func (s Spec) Masked(set Settings) Settings {
	out := maps.Clone(set)
	for _, f := range s.Fields {
		if f.Kind == "secret" && out[f.Name] != "" {
			out[f.Name] = Mask
		}
	}
	return out
}

// Unmasked puts the stored secrets back where the form sent the mask. A secret never goes to another address than the one it
// was entered for: where an address changed, it must be entered again, or whoever may change the settings could read it. Its
// error is an *Invalid.
func (s Spec) Unmasked(sent, stored Settings) (Settings, error) {
	out := maps.Clone(sent)
	if out == nil {
		out = make(Settings)
	}
	moved := slices.ContainsFunc(s.Fields, func(f Field) bool {
		return (f.Kind == "url" || strings.HasSuffix(f.Name, "host") || f.Name == "remote") && stored[f.Name] != "" && strings.TrimSpace(out[f.Name]) != stored[f.Name]
	})
	for _, f := range s.Fields {
		switch {
		case f.Kind != "secret" || out[f.Name] != Mask:
		case moved:
			return nil, Wrong(f.Name, "The address changed: enter the secret again.")
		default:
			out[f.Name] = stored[f.Name]
		}
	}
	return out, nil
}

// Apart takes the user and password out of an address, where everybody who may see the settings would read them, and puts them
// into the fields for them, if the kind has these.
func (s Spec) Apart(set Settings) Settings {
	has := func(name string) bool {
		return slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == name })
	}
	out := maps.Clone(set)
	for _, f := range s.Fields {
		u, err := url.Parse(strings.TrimSpace(set[f.Name]))
		if err != nil {
			continue
		}
		if f.Kind != "url" && !(f.Name == "remote" && strings.HasPrefix(u.Scheme, "http")) || u.User == nil {
			continue
		}
		password, both := u.User.Password()
		switch name := u.User.Username(); {
		case !has("user") || !has("password"):
		case f.Kind == "url" || both:
			out["user"], out["password"] = name, password
		case set["password"] == "": // a token alone stands where a name does
			out["password"] = name
		default:
			out["user"] = name
		}
		u.User = nil
		out[f.Name] = u.String()
	}
	return out
}

// Tidy trims the settings, fills in defaults and says everything that is wrong with them: an *Invalid for each field, joined.
func (s Spec) Tidy(set Settings) (Settings, error) {
	out := make(Settings, len(s.Fields))
	var wrong []error
	for _, f := range s.Fields {
		v := strings.TrimSpace(set[f.Name])
		if v == "" {
			v = f.Default
		}
		if err := f.check(v); err != nil {
			wrong = append(wrong, err)
		}
		if v != "" {
			out[f.Name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == name }) {
			wrong = append(wrong, Wrong(name, "There is no such setting."))
		}
	}
	return out, errors.Join(wrong...)
}

// check says what is wrong with one setting.
func (f Field) check(v string) error {
	switch {
	case v == "" && f.Required:
		return Wrong(f.Name, "Fill this in.")
	case v == "":
		return nil
	case len(v) > longestSetting:
		return Wrong(f.Name, "This is too long.")
	}
	switch f.Kind {
	case "url":
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme) {
			return Wrong(f.Name, "Enter a whole address, like https://example.org/feed.")
		}
	case "number":
		if _, err := strconv.Atoi(v); err != nil {
			return Wrong(f.Name, "Enter a whole number.")
		}
	case "choice":
		if !slices.Contains(f.Choices, v) {
			return Wrong(f.Name, "Choose one of: {choices}.", "choices", strings.Join(f.Choices, ", "))
		}
	case "bool":
		if _, err := strconv.ParseBool(v); err != nil {
			return Wrong(f.Name, "Choose yes or no.")
		}
	}
	return nil
}
