package desk

import (
	"strings"
	"time"
)

// Check tidies the brand and answers an *Invalid for what is wrong with it.
func (b *Brand) Check() error {
	b.Name = strings.TrimSpace(b.Name)
	if b.Zone == "" {
		b.Zone = "UTC"
	}
	if b.Name == "" || len(b.Name) > 200 {
		return Wrong("name", "Give the brand a name.")
	}
	if _, err := time.LoadLocation(b.Zone); err != nil || b.Zone == "Local" {
		return Wrong("zone", "Choose a time zone by its name, such as Europe/Warsaw.")
	}
	if b.Retention < 0 || b.Retention > 36500 {
		return Wrong("retention", "Enter days, up to a hundred years; 0 for ever.")
	}
	return nil
}
