package helpers

import (
	"context"
	"database/sql"
	"os/exec"
)

type table struct{ db *sql.DB }

// The variant without a context is all that the helper can call.
func (t *table) rename(id int, name string) error {
	_, err := t.db.Exec("UPDATE t SET name = $1 WHERE id = $2", name, id) // want `\(\*table\).rename calls t.db.Exec, which cannot be cancelled, although every caller has a context at hand \(ctx in \(\*table\).Rename\): .*; give \(\*table\).rename a context`
	return err
}

func (t *table) Rename(ctx context.Context, id int, name string) error { return t.rename(id, name) }

func revision() (string, error) {
	cmd := exec.Command("git", "rev-parse", "HEAD") // want `revision calls exec.Command, which cannot be cancelled, although every caller has a context at hand`
	out, err := cmd.Output()
	return string(out), err
}

func Revision(ctx context.Context) (string, error) { return revision() }

// One caller has none.
func (t *table) drop() error {
	_, err := t.db.Exec("DELETE FROM t")
	return err
}

func (t *table) Drop(ctx context.Context) error { return t.drop() }

func (t *table) DropNow() error { return t.drop() }

// A transaction that was begun with a context ends with that.
func insert(tx *sql.Tx, name string) error {
	_, err := tx.Exec("INSERT INTO t VALUES ($1)", name)
	return err
}

func (t *table) Insert(ctx context.Context, name string) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := insert(tx, name); err != nil {
		return err
	}
	return tx.Commit()
}

// The program sees to the end of a command that it starts.
func worker() (*exec.Cmd, error) {
	cmd := exec.Command("worker")
	return cmd, cmd.Start()
}

func Worker(ctx context.Context) (*exec.Cmd, error) { return worker() }

// It goes on after the caller.
func (t *table) count() {
	t.db.Exec("UPDATE t SET n = n + 1")
}

func (t *table) Count(ctx context.Context) { go t.count() }

// It works in memory.
func parse(name string) (*sql.DB, error) { return sql.Open("postgres", name) }

func Parse(ctx context.Context, name string) (*sql.DB, error) { return parse(name) }

// prepared only makes the command: who runs it ends it with the context.
func prepared(dir string) *exec.Cmd {
	cmd := exec.Command("git", "fetch")
	cmd.Dir = dir
	return cmd
}

func Fetch(ctx context.Context, dir string) error {
	cmd := prepared(dir)
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	return cmd.Wait()
}
