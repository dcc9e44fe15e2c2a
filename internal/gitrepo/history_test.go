package gitrepo

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKnown(t *testing.T) {
	c := newCheckout(t)
	if got, err := c.open().Known(t.Context(), []string{"a.go"}); err != nil || len(got) > 0 {
		t.Errorf("without a commit: got %v and %v", got, err)
	}
	c.write("a.go", "a\n")
	c.write("sub/*.go", "s\n")
	c.commit()
	c.git("checkout", "-q", "-b", "side")
	c.write("side.go", "b\n")
	c.commit()
	c.remove("side.go")
	c.commit()
	c.git("checkout", "-q", "main")
	c.remove("a.go")
	c.remove("sub/*.go")
	c.commit()
	c.git("merge", "-q", "--no-edit", "side")
	c.write("sub/untracked.go", "u\n")
	r, err := Open(t.Context(), filepath.Join(c.dir, "sub"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Known(t.Context(), []string{"a.go", "sub/*.go", "side.go", "sub/untracked.go", "nowhere.go"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"a.go": true, "sub/*.go": true, "side.go": true}, got); diff != "" {
		t.Error(diff)
	}
}
