package bundle_test

import (
	"bytes"
	"strings"
	"testing"

	"breakwater/internal/bundle"
)

// A file whose name leads out of the folder that an archive is unpacked in is named by the check, whatever the list of sums says, and
// so is one that is there twice.
func TestAttackArchiveNames(t *testing.T) {
	t.Parallel()
	same := func(_ string, body []byte) []byte { return body }
	for _, name := range []string{"../evil", "../../etc/cron.d/evil", "/etc/passwd", "E1/../../evil", `..\\evil`, `C:\\evil`, "./x", "E1//x", "a\nb", "E1/post.json"} {
		archive := rewrite(t, made(t), func(file string, body []byte) []byte {
			if file == bundle.Sums {
				return append(body, []byte(strings.Repeat("0", 64)+"  "+name+"\n")...)
			}
			return same(file, body)
		}, name)
		got, err := bundle.Verify(bytes.NewReader(archive), int64(len(archive)))
		if err == nil && len(got.Problems) == 0 {
			t.Errorf("an archive with %q is said to be intact", name)
		}
	}
}
