package people

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// mask stands for a secret that people do not see.
const mask = "***"

// masked is a way without its secrets.
func (b *Book) masked(w desk.Way) desk.Way {
	set := maps.Clone(w.Settings)
	for _, f := range b.specs[w.Kind].Fields {
		if f.Kind == "secret" && set[f.Name] != "" {
			set[f.Name] = mask
		}
	}
	if _, known := b.specs[w.Kind]; !known {
		set = nil // of a connector that is no longer built in: nobody can tell what is secret
	}
	w.Settings = set
	return w
}

// check answers an *desk.Invalid when a value does not fit its field.
func check(f desk.Field, v string) error {
	if v == "" {
		if f.Required {
			return desk.Wrong(f.Name, "This is needed.")
		}
		return nil
	}
	switch f.Kind {
	case "url":
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return desk.Wrong(f.Name, "Give a full address that begins with https://.")
		}
	case "number":
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return desk.Wrong(f.Name, "Give a number.")
		}
	case "choice":
		if !slices.Contains(f.Choices, v) {
			return desk.Wrong(f.Name, "Choose one of the list.")
		}
	case "bool":
		if v != "true" && v != "false" {
			return desk.Wrong(f.Name, "Choose yes or no.")
		}
	case "lines":
	default:
		if strings.ContainsAny(v, "\r\n") {
			return desk.Wrong(f.Name, "This must be one line.")
		}
	}
	return nil
}
