package desk

// Mail is a letter to one person, in sentences that are said in their language.
type Mail struct {
	Key     string // the same for every try
	BrandID int64  // whose it is, and so whose mail server brings it; 0: of no brand
	Subject Text
	Lines   []Text
	Link    string
	Button  Text // what the link is called
}
