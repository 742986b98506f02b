package match

// bounded refuses what would match every post: it must be sure that something has to occur. not is whether the node stands
// behind an odd number of NOTs.
func bounded(n *node, not bool) error {
	if at, ok := n.required(not); !ok {
		return problem(at, "This part would match nearly every post. Join it by AND with a word, hashtag, handle, author or source that must occur.")
	}
	return nil
}

// required reports whether one of the node's words or names must occur for it to be true, and if not, which part is to
// blame.
func (n *node) required(not bool) (at int, ok bool) {
	switch n.op {
	case opNot:
		_, ok = n.kids[0].required(!not)
		return n.at, ok
	case opAnd, opOr:
		all := (n.op == opOr) != not // every part needs something of its own
		at = n.at
		for i, k := range n.kids {
			kat, kok := k.required(not)
			if kok != all {
				return kat, kok
			}
			if i == 0 {
				at = kat
			}
		}
		return at, all
	case opNear, opPhrase, opName:
		return n.at, !not
	}
	return n.at, false
}
