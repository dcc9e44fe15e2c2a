package goroutineleak

import "github.com/cloudlint/cloudlint/internal/rule"

func releaseRules() []*rule.Rule { return nil }
