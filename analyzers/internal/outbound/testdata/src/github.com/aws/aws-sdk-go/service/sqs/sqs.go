// Package sqs is what the AWS SDK v1 generates.
package sqs

import "context"

type SQS struct{ region string }

type Input struct{ Queue string }

type Output struct{ ID string }

func (c *SQS) SendMessage(input *Input) (*Output, error) { return nil, nil }

func (c *SQS) SendMessageWithContext(ctx context.Context, input *Input) (*Output, error) {
	return nil, nil
}

func (c *SQS) ReceiveMessage(input *Input) (*Output, error) { return nil, nil }

func (c *SQS) ReceiveMessageWithContext(ctx context.Context, input *Input) (*Output, error) {
	return nil, nil
}

func (c *SQS) WaitUntilQueueExistsWithContext(ctx context.Context, input *Input) error { return nil }

func (c *SQS) SendMessageRequest(input *Input) *Output { return nil }
