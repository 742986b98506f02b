// Package fetch is the only door to other people's servers: it refuses private addresses, caps sizes and times, and names us.
package fetch

// Client makes the calls. The zero value refuses private addresses.
type Client struct{}
