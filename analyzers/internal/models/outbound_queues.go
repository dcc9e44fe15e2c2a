package models

import "slices"

// kafkaOutbounds are the rows of the clients of Kafka: sarama, kafka-go, franz-go.
func kafkaOutbounds() []Outbound {
	const (
		kafka = "github.com/segmentio/kafka-go"
		kgo   = "github.com/twmb/franz-go/pkg/kgo"
	)
	request := Outbound{Context: 2, What: "waits for the broker's answer", Option: "kafka.Client.Timeout",
		Source: "github.com/segmentio/kafka-go v0.4.51, client.go: 'if zero, no timeout is applied'"}
	write := Outbound{Context: 2, What: "waits until the brokers have the messages", Bounded: "ten attempts of 10 s each",
		Source: "github.com/segmentio/kafka-go v0.4.51, writer.go: maxAttempts, readTimeout, writeTimeout"}
	dial := Outbound{Context: 1, What: "waits for the connection", Bounded: "DefaultDialer's Timeout of 10 s", Source: "github.com/segmentio/kafka-go v0.4.51, dialer.go"}
	message := Outbound{Context: 2, What: "waits for the next message", Stream: true, Source: "github.com/segmentio/kafka-go v0.4.51, reader.go and consumergroup.go"}
	deliver := Outbound{Context: 2, What: "waits until the brokers have the records", Option: "kgo.RecordDeliveryTimeout or kgo.RecordRetries",
		Source: "github.com/twmb/franz-go v1.22.2, pkg/kgo/config.go: recordTimeout has no default, recordRetries is effectively unbounded"}
	poll := Outbound{Context: 2, What: "waits for the next records", Stream: true, Source: "github.com/twmb/franz-go v1.22.2, pkg/kgo/consumer.go"}
	retried := Outbound{Context: 2, What: "waits for the broker's answer", Bounded: "20 tries, each ended by requestTimeoutOverhead of 10 s",
		Source: "github.com/twmb/franz-go v1.22.2, pkg/kgo/config.go: defaultCfg"}
	rows := slices.Concat(
		each("(*"+kafka+".Client).", `AlterConfigs AlterPartitionReassignments ApiVersions ConsumerOffsets CreateACLs CreatePartitions CreateTopics DeleteACLs DeleteGroups DeleteTopics
			DescribeACLs DescribeConfigs DescribeGroups ElectLeaders Fetch FindCoordinator Heartbeat IncrementalAlterConfigs JoinGroup LeaveGroup ListGroups ListOffsets Metadata
			OffsetCommit OffsetDelete OffsetFetch Produce RawProduce SyncGroup`, request),
		each("(*"+kafka+".Writer).", "WriteMessages", write),
		each(kafka+".", "DialContext DialLeader DialPartition LookupPartition LookupPartitions", dial),
		each("(*"+kafka+".Reader).", "FetchMessage ReadMessage", message),
		each("(*"+kafka+".ConsumerGroup).", "Next", message),
		each("(*"+kgo+".Client).", "ProduceSync Flush", deliver),
		each("(*"+kgo+".Client).", "PollFetches PollRecords", poll),
		each("(*"+kgo+".GroupTransactSession).", "ProduceSync", deliver),
		each("(*"+kgo+".GroupTransactSession).", "PollFetches PollRecords", poll),
		each("(*"+kgo+".Client).", "Ping Request CommitRecords CommitUncommittedOffsets CommitOffsetsSync", retried),
	)
	for _, sarama := range []string{"github.com/IBM/sarama", "github.com/Shopify/sarama"} {
		source := "github.com/IBM/sarama v1.61.1 and github.com/Shopify/sarama v1.37.2, config.go: Net.ReadTimeout 30 s, Producer.Retry.Max 3"
		rows = slices.Concat(rows,
			each("("+sarama+".SyncProducer).", "SendMessage SendMessages", Outbound{What: "waits until the brokers have the messages", Bounded: "four tries of 30 s each", Source: source}),
			each("("+sarama+".ConsumerGroup).", "Consume", Outbound{Context: 2, What: "waits for messages until the session ends", Stream: true, Source: source}),
		)
	}
	return rows
}

// natsOutbounds are the rows of NATS without JetStream, whose new API bounds itself: OutboundLibraries.
func natsOutbounds() []Outbound {
	const nats = "github.com/nats-io/nats.go"
	source := "github.com/nats-io/nats.go v1.55.0, context.go and nats.go"
	request := Outbound{Context: 2, What: "waits for a reply", Source: source}
	return slices.Concat(
		each("(*"+nats+".Conn).", "RequestWithContext RequestMsgWithContext", request),
		each("(*"+nats+".EncodedConn).", "RequestWithContext", request),
		each("(*"+nats+".Conn).", "FlushWithContext", Outbound{Context: 2, What: "waits for the server", Bounded: "a context without a deadline is an error", Source: source}),
		each("(*"+nats+".Conn).", "Request RequestMsg FlushTimeout", Outbound{What: "waits for a reply", Bounded: "its own timeout", Source: source}),
		each("(*"+nats+".Conn).", "Flush", Outbound{What: "waits for the server", Bounded: "10 s", Source: source}),
		each("(*"+nats+".Subscription).", "NextMsgWithContext", Outbound{Context: 2, What: "waits for the next message", Stream: true, Source: source}),
	)
}
