package store

import "context"

// Setting gives a small fact by name, empty when it was never set.
func (db *DB) Setting(ctx context.Context, name string) (string, error) {
	return found(selectOne(db.reader(ctx), value[string], "SELECT value FROM settings WHERE name = ?", name))
}

// SetSetting keeps a small fact of the machine. What people decide belongs to a noun, with its journal entry.
func (db *DB) SetSetting(ctx context.Context, name, value string) error {
	return db.write(ctx, true, func(t *tx) error {
		return t.exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			name, clean(value))
	})
}
