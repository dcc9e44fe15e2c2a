// Package v1 is what client-gen makes.
package v1

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type Pod struct{ Name string }

type Watcher interface {
	ResultChan() <-chan any
	Stop()
}

type PodsGetter interface {
	Pods(namespace string) PodInterface
}

type PodInterface interface {
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*Pod, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	Watch(ctx context.Context, opts metav1.ListOptions) (Watcher, error)
}
