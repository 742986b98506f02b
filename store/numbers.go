package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// numbers hands every row of a query of whole numbers to f, which must not keep it. It reads from the driver itself: database/sql takes as
// long to hand over a row as SQLite to find it, and a day has tens of thousands.
func (db *DB) numbers(ctx context.Context, f func(row []int64), query string, args ...any) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return err
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	c, err := db.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	err = c.Raw(func(conn any) error {
		q, ok := conn.(driver.QueryerContext)
		if !ok {
			return errors.New("the driver takes no queries")
		}
		rows, err := q.QueryContext(ctx, db.d.rebind(query), named)
		if err != nil {
			return err
		}
		return errors.Join(eachNumber(rows, f), rows.Close())
	})
	if err != nil {
		return fmt.Errorf("%w in %q", err, brief(query))
	}
	return nil
}

func eachNumber(rows driver.Rows, f func(row []int64)) error {
	values := make([]driver.Value, len(rows.Columns()))
	row := make([]int64, len(values))
	for {
		switch err := rows.Next(values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		for i, v := range values {
			n, ok := v.(int64)
			if !ok {
				return fmt.Errorf("a number is a %T", v)
			}
			row[i] = n
		}
		f(row)
	}
}
