// Package wait is what the tests need of k8s.io/apimachinery/pkg/util/wait.
package wait

import "time"

type ConditionFunc func() (done bool, err error)

func PollImmediate(interval, timeout time.Duration, condition ConditionFunc) error { return nil }
func PollInfinite(interval time.Duration, condition ConditionFunc) error           { return nil }
