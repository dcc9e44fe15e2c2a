// Package clouds calls services by SDKs and generated clients.
package clouds

import (
	"context"

	kms "cloud.google.com/go/kms/apiv1"
	"cloud.google.com/go/storage"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go/service/sqs"
	"github.com/redis/go-redis/v9"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1 "k8s.io/client-go/typed/v1"

	"hats"
)

// objects is the user's own interface for the part of the client that is used.
type objects interface {
	GetObject(ctx context.Context, params *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	Close(ctx context.Context) error
}

func amazon(ctx context.Context, c *s3.Client, o objects, p *s3.PresignClient, q *sqs.SQS) {
	c.GetObject(ctx, nil)                       // out: c.GetObject waits for AWS, with ctx
	o.GetObject(ctx, nil)                       // out: o.GetObject waits for AWS, with ctx
	p.PresignGetObject(ctx, nil)                // makes a URL
	q.SendMessage(nil)                          // out: q.SendMessage waits for AWS
	q.SendMessageWithContext(ctx, nil)          // out: q.SendMessageWithContext waits for AWS, with ctx
	q.ReceiveMessageWithContext(ctx, nil)       // out: q.ReceiveMessageWithContext waits for AWS, with ctx, stream
	q.WaitUntilQueueExistsWithContext(ctx, nil) // a certain number of tries
	q.SendMessageRequest(nil)                   // only makes a request
	o.Close(ctx)
}

func google(ctx context.Context, k *kms.Client, o *storage.ObjectHandle) {
	k.GetKey(ctx, nil)   // out: k.GetKey waits for Google's answer, with ctx, bounded
	k.ListKeys(ctx, nil) // the iterator asks
	o.Attrs(ctx)         // out: o.Attrs waits for Cloud Storage, with ctx
}

func kubernetes(ctx context.Context, pods corev1.PodsGetter, meta metav1.ObjectMeta) {
	pods.Pods("x").Get(ctx, "y", metav1.GetOptions{})       // out: pods.Pods("x").Get waits for the Kubernetes API server, with ctx
	pods.Pods("x").Delete(ctx, "y", metav1.DeleteOptions{}) // out: pods.Pods("x").Delete waits for the Kubernetes API server, with ctx
	pods.Pods("x").Watch(ctx, metav1.ListOptions{})         // out: pods.Pods("x").Watch waits for the Kubernetes API server, with ctx, stream
}

func bounded(ctx context.Context, c *redis.Client) {
	c.Get(ctx, "k")   // out: c.Get waits for Redis, with ctx, bounded
	c.BLPop(ctx, "k") // out: c.BLPop waits for Redis, with ctx, stream
	c.Options()
}

func generated(ctx context.Context, tw hats.Haberdasher, shop hats.ShopClient, handler hats.ShopHandler) {
	tw.MakeHat(ctx, nil) // out: tw.MakeHat waits for the server's answer, with ctx
	shop.Sell(ctx, nil)  // out: shop.Sell waits for the server's answer, with ctx
	shop.Show(ctx, nil)  // out: shop.Show waits for the server's answer, with ctx, stream
	handler.Sell(ctx, nil)
}
