package complaints

import (
	"context"
	"net/http"
	"os/exec"
	"testing"
)

// noctx#6, router#569: in tests Background is right, and so are requests and commands without a context.
func TestRefresh(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	run(ctx, t, new(metadata))
}

func run(ctx context.Context, t *testing.T, m *metadata) {
	if err := m.refresh(context.Background(), "all"); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("true").Run(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "http://example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
}

// osv-scalibr#395, golangci-lint#2382: the arguments of a table test have a context among them.
func TestTable(t *testing.T) {
	type args struct {
		ctx  context.Context
		name string
	}
	for _, test := range []struct {
		args args
		want bool
	}{{args{context.Background(), "a"}, true}, {args{context.TODO(), ""}, false}} {
		if err := new(metadata).refresh(test.args.ctx, test.args.name); (err == nil) != test.want {
			t.Error(err)
		}
	}
}
