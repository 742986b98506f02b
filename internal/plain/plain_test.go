package plain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"breakwater/internal/plain"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "just words", "just words"},
		{"entities", "Caf&eacute; &amp; bar&nbsp;&#x1F600; &lt;3", "Café & bar 😀 <3"},
		{"inline", "un<b>believ</b>able <i>news</i>", "unbelievable news"},
		{"blocks", "<p>one</p><p>two<br>three</p><ul><li>four<li>five</ul>", "one\ntwo\nthree\nfour\nfive"},
		{"white space", "  a \n\t b <p>  </p> ", "a b"},
		{"cells", "<tr><td>a</td><td>b</td></tr>", "a b"},
		{"script", "a<script>alert('<b>x</b>')</script>b<style>p{}</style>c", "abc"},
		{"script in script", "a<svg><svg></svg>x</svg>b", "ab"},
		{"unclosed script", "a<script>alert(1)", "a"},
		{"comment", "a<!-- hidden -->b<![CDATA[c]]>", "ab"},
		{"escaped twice", "&lt;p&gt;Fire at &lt;b&gt;the plant&lt;/b&gt;&lt;/p&gt;", "Fire at the plant"},
		{"escaped thrice", "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;ok", "ok"},
		{"entities escaped twice", "Caf&amp;eacute; AT&amp;amp;T ?a=1&amp;copy=2", "Café AT&T ?a=1&copy=2"},
		{"less than", "if a < b and c &lt;d then", "if a < b and c  d then"},
		{"broken", "a\xff\x00b\x1b[31m", "ab[31m"},
		{"hebrew", "<div dir=rtl>של&#x5D5;ם</div>", "שלום"},
		{"attribute tricks", `<a title="<b>" href="x">go</a><img alt='">' src=x onerror=alert(1)>`, "go"},
	} {
		if got := plain.Text(tc.in); got != tc.want {
			t.Errorf("%s: %q: got %q, want %q", tc.name, tc.in, got, tc.want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	in := `<a href="https://a.example/?x=1&amp;y=2">a</a><a class=b href=' http://b.example '>b</a>
		<a href="javascript:alert(1)">c</a><a href="/local">d</a><a href="https://a.example/?x=1&amp;y=2">again</a><a>e</a>`
	want := []string{"https://a.example/?x=1&y=2", "http://b.example"}
	if diff := cmp.Diff(want, plain.Links(in)); diff != "" {
		t.Error(diff)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "&lt;b&gt;", "<script>x", "<<b>b>", "&amp;amp;lt;i&gt;", "a\x00\xff", "&nGt;<br>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := plain.Text(in)
		if utf8.RuneCountInString(got) > len(in) || !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Errorf("%q became %q", in, got)
		}
		for i := 0; i+1 < len(got); i++ {
			if c := got[i+1]; got[i] == '<' && (c == '/' || c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z') {
				t.Errorf("%q: markup is left in %q", in, got)
			}
		}
	})
}
