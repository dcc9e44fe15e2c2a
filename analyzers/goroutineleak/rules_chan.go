package goroutineleak

import "github.com/cloudlint/cloudlint/internal/rule"

func channelRules() []*rule.Rule { return nil }
