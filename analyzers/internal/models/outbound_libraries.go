package models

import (
	"slices"
	"strings"
)

// An OutboundLibrary is a library whose methods that get a context first, and return an error last, wait for a peer.
type OutboundLibrary struct {
	// Packages are patterns of import paths: itself, or all below it with a final "/...".
	Packages []string
	Row      Outbound // Func is empty
	// Streams are methods that are to last, or wait for what may come at any time.
	Streams []string
	// Local are methods that do not wait for the peer, or that get their bound as an argument; a final * stands for any
	// ending.
	Local []string
	// Paired tells that methods without a context that have a sibling with one, X beside XWithContext, wait too.
	Paired bool
}

// IsStream reports whether a method of the library is to last.
func (l *OutboundLibrary) IsStream(method string) bool { return slices.Contains(l.Streams, method) }

// IsLocal reports whether a method of the library does not wait.
func (l *OutboundLibrary) IsLocal(method string) bool {
	return slices.ContainsFunc(l.Local, func(pattern string) bool {
		start, any := strings.CutSuffix(pattern, "*")
		return pattern == method || any && strings.HasPrefix(method, start)
	})
}

// OutboundLibraries returns the libraries known as a whole.
func OutboundLibraries() []OutboundLibrary { return outboundLibraries }

var outboundLibraries = []OutboundLibrary{
	{
		Packages: []string{"github.com/aws/aws-sdk-go-v2/service/...", "github.com/aws/aws-sdk-go-v2/feature/..."},
		Row: Outbound{What: "waits for AWS", Option: "the HTTPClient of aws.Config",
			Source: "github.com/aws/aws-sdk-go-v2 v1.47.3, aws/transport/http/client.go: the dial and the TLS handshake are bounded, the response is not"},
		// A message, or shards, may come at any time.
		Streams: []string{"ReceiveMessage", "SubscribeToShard", "StartStreamTranscription", "GetMedia", "InvokeWithResponseStream"},
		// Waiters have a longest time as an argument.
		Local: []string{"Wait", "WaitForOutput", "Presign*", "ResolveEndpoint"},
	},
	{
		Packages: []string{"github.com/aws/aws-sdk-go/service/..."},
		Paired:   true,
		Row: Outbound{What: "waits for AWS", Option: "http.Client.Timeout of the client in aws.Config",
			Source: "github.com/aws/aws-sdk-go v1.55.8, aws/defaults/defaults.go: http.DefaultClient"},
		Streams: []string{"ReceiveMessage", "ReceiveMessageWithContext", "SubscribeToShard", "SubscribeToShardWithContext"},
		// Waiters try a certain number of times.
		Local: []string{"WaitUntil*"},
	},
	{
		Packages: []string{"github.com/Azure/azure-sdk-for-go/sdk/..."},
		Row: Outbound{What: "waits for Azure", Option: "policy.RetryOptions.TryTimeout",
			Source: "github.com/Azure/azure-sdk-for-go/sdk/azcore v1.23.3, policy/policy.go: TryTimeout, 'disabled by default'; runtime/transport_default_http_client.go: no bound for the response"},
		Streams: []string{"ReceiveMessages", "ReceiveEvents", "AcceptNextSessionForQueue", "AcceptNextSessionForSubscription", "PollUntilDone"},
	},
	{
		Packages: []string{"github.com/docker/docker/client", "github.com/moby/moby/client"},
		Row: Outbound{What: "waits for the Docker daemon", Option: "client.WithTimeout",
			Source: "github.com/docker/docker v28.5.2, client/client.go, and github.com/moby/moby/client v0.6.2, client.go: the HTTP client has no Timeout"},
		Streams: []string{"Events", "ContainerAttach", "ContainerExecAttach", "ExecAttach", "ContainerLogs", "ContainerStats", "ContainerWait", "ContainerExport", "ServiceLogs", "TaskLogs",
			"ImageBuild", "ImageImport", "ImageLoad", "ImagePull", "ImagePush", "ImageSave", "CopyFromContainer", "CopyToContainer", "PluginInstall", "PluginPull", "PluginPush",
			"PluginUpgrade", "DialHijack", "Dialer", "CheckpointCreate", "ContainerStatsOneShot"},
	},
	{
		Packages: []string{"github.com/olivere/elastic", "github.com/olivere/elastic/v7", "gopkg.in/olivere/elastic.v5", "gopkg.in/olivere/elastic.v6"},
		Row: Outbound{What: "waits for Elasticsearch", Option: "http.Client.Timeout of the client in elastic.SetHttpClient",
			Source: "github.com/olivere/elastic/v7 v7.0.32, client.go: http.DefaultClient"},
	},
	{
		Packages: []string{"github.com/elastic/go-elasticsearch/...", "github.com/opensearch-project/opensearch-go/..."},
		Row: Outbound{What: "waits for the search cluster", Option: "ResponseHeaderTimeout of the Transport in the Config",
			Source: "github.com/elastic/go-elasticsearch/v6 v6.8.10, estransport/estransport.go, and github.com/opensearch-project/opensearch-go/v2 v2.3.0, opensearchtransport/opensearchtransport.go: http.DefaultTransport"},
	},
	// What bounds itself by default is no cause for a finding.
	{
		Packages: []string{"github.com/redis/go-redis/v9", "github.com/go-redis/redis/v8"},
		Row: Outbound{What: "waits for Redis", Bounded: "ReadTimeout, by default 3 s, with 3 retries",
			Source: "github.com/redis/go-redis/v9 v9.23.0 and github.com/go-redis/redis/v8 v8.11.5, options.go: init"},
		Streams: []string{"Receive", "ReceiveMessage", "BLPop", "BRPop", "BRPopLPush", "BLMove", "BLMPop", "BZPopMax", "BZPopMin", "BZMPop", "XRead", "XReadGroup"},
		Local:   []string{"Pipelined", "TxPipelined", "Subscribe", "PSubscribe", "SSubscribe"},
	},
	{
		Packages: []string{"github.com/nats-io/nats.go/jetstream"},
		Row: Outbound{What: "waits for JetStream", Bounded: "5 s where the context has no deadline",
			Source: "github.com/nats-io/nats.go v1.55.0, jetstream/jetstream.go: wrapContextWithoutDeadline"},
		Streams: []string{"Watch", "WatchAll", "WatchFiltered"},
	},
	{
		Packages: []string{"github.com/minio/minio-go/v7"},
		Row: Outbound{What: "waits for the object store", Bounded: "ResponseHeaderTimeout, by default 1 min",
			Source: "github.com/minio/minio-go/v7 v7.0.100, transport.go: DefaultTransport"},
	},
	{
		Packages: []string{"github.com/hashicorp/vault/api"},
		Row:      Outbound{What: "waits for Vault", Bounded: "60 s", Source: "github.com/hashicorp/vault/api v1.23.0, client.go: DefaultConfig"},
	},
	{
		Packages: []string{"k8s.io/client-go/discovery"},
		Row: Outbound{What: "waits for the Kubernetes API server", Bounded: "32 s",
			Source: "k8s.io/client-go v0.37.1, discovery/discovery_client.go: defaultTimeout"},
	},
}

// GoogleClient returns what is known of the calls of Google's generated clients.
func GoogleClient() Outbound {
	return Outbound{What: "waits for Google's answer", Bounded: "most methods of generated clients have a default timeout",
		Source: "cloud.google.com/go/pubsub v1.50.2, apiv1/publisher_client.go, and 8 more modules: gax.WithTimeout in the CallOptions, most of them of 30 s, 60 s or 10 min; github.com/googleapis/gax-go/v2 v2.26.2, invoke.go"}
}
