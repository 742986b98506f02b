package main

import (
	"path/filepath"
	"testing"
)

func TestReadPostsPrefersDevSets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gzipLines(t, filepath.Join(dir, "sv.train.tsv.gz"), "negative\tnej")
	gzipLines(t, filepath.Join(dir, "sv.dev.tsv.gz"), "negative\tMaten var kall", "positive\tsnabb\toch bra", "no label")
	gzipLines(t, filepath.Join(dir, "zh-Hant.opencc.dev.tsv.gz"), "negative\t難吃")
	posts, err := readPosts(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(posts) != 1 || len(posts["sv"]) != 2 || posts["sv"][1] != "snabb\toch bra" {
		t.Errorf("got %q, want the two posts of the dev set", posts)
	}
	if mixed := mixPosts(posts); len(mixed) != 2 || mixed[0].Text == "" {
		t.Errorf("mixed: %v", mixed)
	}
	if _, err := readPosts(t.TempDir()); err == nil {
		t.Error("an empty folder is no error")
	}
}

func TestFoldCopiesCounts(t *testing.T) {
	t.Parallel()
	texts := []string{"one two three four five six seven eight nine ten", "quite another text about things that nobody said before"}
	for _, c := range foldChanges {
		if found, strangers := foldCopies(texts, c.change); found < 0.5 || strangers != 0 {
			t.Errorf("%s: found %.2f, strangers %.2f", c.name, found, strangers)
		}
	}
}
