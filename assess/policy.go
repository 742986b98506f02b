package assess

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// policyMark is where a page that stands for itself says what a browser may do with it.
const policyMark = "THE-POLICY"

// policy is what a browser may do with a page of ours that stands for itself: use its one style sheet, known by its sum, and the
// pictures that it carries. Nothing runs, nothing is fetched.
func policy(page string) string {
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:"
}

// policied is the text of a page's template with its policy in its place.
func policied(page string) string { return strings.Replace(page, policyMark, policy(page), 1) }
