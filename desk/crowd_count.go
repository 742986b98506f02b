package desk

import (
	"cmp"
	"slices"
)

const groupsShown = 5

// CrowdOf counts a crowd; it sorts said. What the groups say, who said it first and when is left to who can look it up by
// Group.Mention.
func CrowdOf(said []Said) Crowd {
	slices.SortFunc(said, func(a, b Said) int { return cmp.Or(cmp.Compare(a.Fold, b.Fold), cmp.Compare(a.ID, b.ID)) })
	c := Crowd{Posts: len(said), Copied: []Group{}, Spread: []Group{}}
	own := make(map[int64]bool) // of every author, whether in their own words
	for len(said) > 0 {
		n := 1
		for n < len(said) && said[0].Fold != 0 && said[n].Fold == said[0].Fold {
			n++
		}
		c.count(said[:n], own)
		said = said[n:]
	}
	c.People = len(own)
	for _, is := range own {
		if is {
			c.Own++
		}
	}
	slices.SortStableFunc(c.Copied, func(a, b Group) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Posts, a.Posts)) })
	slices.SortStableFunc(c.Spread, func(a, b Group) int { return cmp.Compare(b.Reposts, a.Reposts) })
	c.Groups = len(c.Copied)
	c.Copied, c.Spread = c.Copied[:min(len(c.Copied), groupsShown)], c.Spread[:min(len(c.Spread), groupsShown)]
	return c
}

// count takes the posts of one fold, in the order in which they were published.
func (c *Crowd) count(same []Said, own map[int64]bool) {
	g := Group{Fold: same[0].Fold, Mention: same[0].ID}
	posters, reposters := map[int64]bool{}, map[int64]bool{}
	author, known := int64(0), false // of the first of the fold
	for _, s := range same {
		switch {
		case s.Repost:
			reposters[s.Author] = true
			g.Reposts++
		default:
			if g.Posts == 0 {
				g.Mention = s.ID
			}
			posters[s.Author] = true
			g.Posts++
		}
		if s.First && !s.Repost {
			author, known = s.Author, true
		}
		if _, counted := own[s.Author]; !counted {
			own[s.Author] = false
		}
	}
	g.People, g.Reposters = len(posters), len(reposters)
	c.Reposts += g.Reposts
	if len(posters) == 1 { // who says the same again still says it in their own words
		author, known = same[slices.IndexFunc(same, func(s Said) bool { return !s.Repost })].Author, true
	}
	if known {
		own[author] = true
	}
	for _, s := range same {
		if !s.Repost && (!known || s.Author != author) {
			c.Copies++
		}
	}
	if g.People >= CopiedBy {
		c.Copied = append(c.Copied, g)
	}
	if g.Reposts > 0 {
		c.Spread = append(c.Spread, g)
	}
}
