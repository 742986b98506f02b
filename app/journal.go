package app

import (
	"crypto/ed25519"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"breakwater/journal"
)

// journalHeads opens what is kept of the journal beside the database: the key that signs, and where the chain stood.
func journalHeads(data string, log *slog.Logger) (*journal.Heads, error) {
	key, err := journal.Key(filepath.Join(data, journal.KeyFile))
	if err != nil {
		return nil, err
	}
	return &journal.Heads{Dir: data, Key: key, Log: log}, nil
}

// VerifyJournalBundle checks a bundle of a journal; key, a file with a public key in PEM, is the only one that counts unless it
// is empty.
func VerifyJournalBundle(path, key string) (journal.Proof, error) {
	var pinned []byte
	if key != "" {
		var err error
		if pinned, err = os.ReadFile(key); err != nil {
			return journal.Proof{}, err
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return journal.Proof{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return journal.Proof{}, err
	}
	return journal.VerifyBundle(f, info.Size(), pinned)
}

// forgetHeads removes what was kept of another journal: a restored one begins to be watched where it stands.
func forgetHeads(data string) error {
	for _, name := range []string{journal.NewestFile, journal.HeadsFile} {
		if err := os.Remove(filepath.Join(data, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sealEvidence lets what is exported as evidence be signed by the key that signs the journal.
func (s *stages) sealEvidence(log *slog.Logger) {
	if s.log.Heads == nil { // only tests have none
		return
	}
	public, _ := s.log.Heads.Key.Public().(ed25519.PublicKey)
	text, _, err := journal.PublicKey(public)
	if err != nil {
		log.Error("evidence is not signed", "error", err)
		return
	}
	s.assess.Locker.Public = text
	s.assess.Locker.Sign = func(sums []byte) []byte { return ed25519.Sign(s.log.Heads.Key, sums) }
}
