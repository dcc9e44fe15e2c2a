package models

import "slices"

// etcdOutbounds are the rows of etcd's client, which tries again until the context is done.
func etcdOutbounds() []Outbound {
	var rows []Outbound
	for _, path := range []string{"go.etcd.io/etcd/client/v3", "go.etcd.io/etcd/clientv3"} {
		row := Outbound{Context: 2, What: "waits for the etcd cluster",
			Source: "go.etcd.io/etcd/client/v3 v3.7.3, retry_interceptor.go and kv.go: a request is tried again, and waits for a member that can be reached, until its context is done"}
		stream := row
		stream.Stream = true
		lock := stream
		lock.What = "waits for its turn"
		rows = slices.Concat(rows,
			each("("+path+".KV).", "Put Get Delete Compact Do Txn", row),
			each("("+path+".Lease).", "Grant Revoke TimeToLive Leases KeepAliveOnce", row),
			each("("+path+".Lease).", "KeepAlive", stream),
			each("("+path+".Cluster).", "MemberList MemberAdd MemberAddAsLearner MemberRemove MemberUpdate MemberPromote", row),
			each("("+path+".Maintenance).", "AlarmList AlarmDisarm Defragment Status HashKV MoveLeader", row),
			each("("+path+".Maintenance).", "Snapshot", stream),
			each("("+path+".Auth).", `AuthEnable AuthDisable UserAdd UserDelete UserChangePassword UserGrantRole UserGet UserList UserRevokeRole RoleAdd RoleGrantPermission RoleGet
				RoleList RoleRevokePermission RoleDelete`, row),
			each("("+path+".Watcher).", "Watch RequestProgress", stream),
			each("(*"+path+".Client).", "Sync", row),
			each("(*"+path+"/concurrency.Mutex).", "Unlock TryLock", row),
			each("(*"+path+"/concurrency.Mutex).", "Lock", lock),
			each("(*"+path+"/concurrency.Election).", "Proclaim Resign Leader", row),
			each("(*"+path+"/concurrency.Election).", "Campaign Observe", lock),
		)
	}
	return rows
}

// Kubernetes returns what is known of calls of the API server. Its clients have no bound of their own, but the server
// answers within --request-timeout, and a connection that does not answer pings is closed.
func Kubernetes() Outbound {
	return Outbound{Context: 2, What: "waits for the Kubernetes API server", Option: "rest.Config.Timeout",
		Usually: "the API server gives up after 60 s, and HTTP/2 pings find a dead connection after 45 s",
		Source:  "k8s.io/client-go v0.37.1, rest/config.go: Timeout, 'a value of zero means no timeout'; k8s.io/apimachinery v0.37.1, pkg/util/net/http.go: ReadIdleTimeout, PingTimeout"}
}

// kubernetesOutbounds are the rows of the clients that are not generated. Typed ones are known by shape: package outbound.
func kubernetesOutbounds() []Outbound {
	row := Kubernetes()
	stream := row
	stream.Stream = true
	cached := row
	cached.Bounded = "a manager's client reads from its cache"
	cached.Source = "sigs.k8s.io/controller-runtime v0.25.2, pkg/client/client.go and pkg/cluster/cluster.go"
	const client = "sigs.k8s.io/controller-runtime/pkg/client"
	return slices.Concat(
		each("(*k8s.io/client-go/rest.Request).", "Do DoRaw", row),
		each("(*k8s.io/client-go/rest.Request).", "Stream Watch", stream),
		each("(k8s.io/client-go/rest.ResponseWrapper).", "DoRaw", row),
		each("(k8s.io/client-go/rest.ResponseWrapper).", "Stream", stream),
		each("(k8s.io/client-go/scale.ScaleInterface).", "Get Patch Update", row),
		each("(k8s.io/client-go/tools/remotecommand.Executor).", "StreamWithContext", stream),
		each("("+client+".Writer).", "Apply Create Delete DeleteAllOf Patch Update", row),
		each("("+client+".SubResourceWriter).", "Apply Create Patch Update", row),
		each("("+client+".SubResourceReader).", "Get", row),
		each("("+client+".Reader).", "Get List", cached),
		each("("+client+".WithWatch).", "Watch", stream),
	)
}

// googleOutbounds are the rows of Google's clients that are written by hand. The generated ones give most of their
// methods a default timeout: OutboundLibraries.
func googleOutbounds() []Outbound {
	const storage = "cloud.google.com/go/storage"
	row := Outbound{Context: 2, What: "waits for Cloud Storage",
		Source: "cloud.google.com/go/storage v1.62.1, doc.go: 'retrying continues indefinitely unless the controlling context is canceled'"}
	return slices.Concat(
		each("(*"+storage+".BucketHandle).", "Attrs Create Delete Update AddNotification DeleteNotification Notifications LockRetentionPolicy", row),
		each("(*"+storage+".ObjectHandle).", "Attrs Delete Update NewReader NewRangeReader", row),
		each("(*"+storage+".ACLHandle).", "Delete List Set", row),
		each("(*"+storage+".Copier).", "Run", row),
		each("(*"+storage+".Composer).", "Run", row),
		each("(*"+storage+".HMACKeyHandle).", "Get Update Delete", row),
		each("(*cloud.google.com/go/pubsub.Subscription).", "Receive", Outbound{Context: 2, What: "waits for messages until its context is done", Stream: true,
			Source: "cloud.google.com/go/pubsub v1.50.2, subscription.go"}),
		each("(*cloud.google.com/go/pubsub/v2.Subscriber).", "Receive", Outbound{Context: 2, What: "waits for messages until its context is done", Stream: true,
			Source: "cloud.google.com/go/pubsub/v2 v2.6.0, subscriber.go"}),
	)
}
