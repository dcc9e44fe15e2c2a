// Package s3 is what the AWS SDK v2 generates.
package s3

import "context"

type Options struct{ Region string }

type GetObjectInput struct{ Key string }

type GetObjectOutput struct{ Body []byte }

type Client struct{ options Options }

func (c *Client) GetObject(ctx context.Context, params *GetObjectInput, optFns ...func(*Options)) (*GetObjectOutput, error) {
	return nil, ctx.Err()
}

type PresignClient struct{ client *Client }

func (c *PresignClient) PresignGetObject(ctx context.Context, params *GetObjectInput, optFns ...func(*Options)) (string, error) {
	return "", nil
}
