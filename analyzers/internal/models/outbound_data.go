package models

import "slices"

// postgresOutbounds are the rows of pgx. Close and Rollback are left out: they belong to clean-up, which has a context of
// its own.
func postgresOutbounds() []Outbound {
	var rows []Outbound
	for _, v := range []struct{ path, more, pool, tx, source string }{
		{"github.com/jackc/pgx/v4", " BeginFunc BeginTxFunc QueryFunc", " BeginFunc BeginTxFunc QueryFunc", " BeginFunc QueryFunc",
			"github.com/jackc/pgx/v4 v4.18.3 and pgconn v1.14.3: no bound but the context's for a statement"},
		{"github.com/jackc/pgx/v5", " DeallocateAll LoadType LoadTypes", "", "",
			"github.com/jackc/pgx/v5 v5.12.0, conn.go and pgconn/pgconn.go: no bound but the context's for a statement"},
	} {
		row := Outbound{Context: 2, What: "waits for the database", Option: "statement_timeout in the connection string, which the server heeds", Source: v.source}
		listen := row
		listen.Stream, listen.What = true, "waits for a notification"
		connect := Outbound{Context: 1, What: "waits for the database", Option: "connect_timeout in the connection string", Source: v.source}
		rows = slices.Concat(rows,
			each(v.path+".", "Connect ConnectConfig", connect),
			each("(*"+v.path+".Conn).", "Begin BeginTx CopyFrom Deallocate Exec Ping Prepare Query QueryRow SendBatch"+v.more, row),
			each("(*"+v.path+".Conn).", "WaitForNotification", listen),
			each("("+v.path+".Tx).", "Begin Commit CopyFrom Exec Prepare Query QueryRow SendBatch"+v.tx, row),
			each("(*"+v.path+"/pgxpool.Pool).", "Acquire AcquireFunc Begin BeginTx CopyFrom Exec Ping Query QueryRow SendBatch"+v.pool, row),
			each("(*"+v.path+"/pgxpool.Conn).", "Begin BeginTx CopyFrom Exec Ping Query QueryRow SendBatch"+v.pool, row),
			each("(*"+v.path+"/pgxpool.Tx).", "Begin Commit CopyFrom Exec Prepare Query QueryRow SendBatch"+v.tx, row),
		)
	}
	return rows
}

// sqlxOutbounds are the rows of sqlx beside those of database/sql, which its types embed.
func sqlxOutbounds() []Outbound {
	const sqlx = "github.com/jmoiron/sqlx"
	without := Outbound{What: "waits for the database", Option: "a timeout in the driver's DSN", Source: "github.com/jmoiron/sqlx v1.4.0, sqlx.go and sqlx_context.go: calls of database/sql"}
	with := without
	with.Context = 2
	function := without
	function.Context = 1
	return slices.Concat(
		each("(*"+sqlx+".DB).", "BeginTxx Connx GetContext MustBeginTx MustExecContext NamedExecContext NamedQueryContext PrepareNamedContext PreparexContext QueryRowxContext QueryxContext SelectContext", with),
		each("(*"+sqlx+".DB).", "Beginx Get MustBegin MustExec NamedExec NamedQuery PrepareNamed Preparex QueryRowx Queryx Select", without),
		each("(*"+sqlx+".Conn).", "BeginTxx GetContext PreparexContext QueryRowxContext QueryxContext SelectContext", with),
		each("(*"+sqlx+".Tx).", "GetContext MustExecContext NamedExecContext PrepareNamedContext PreparexContext QueryRowxContext QueryxContext SelectContext", with),
		each("(*"+sqlx+".Tx).", "Get MustExec NamedExec NamedQuery PrepareNamed Preparex QueryRowx Queryx Select", without),
		each("(*"+sqlx+".Stmt).", "GetContext MustExecContext QueryRowxContext QueryxContext SelectContext", with),
		each("(*"+sqlx+".Stmt).", "Get MustExec QueryRowx Queryx Select", without),
		each("(*"+sqlx+".NamedStmt).", "ExecContext GetContext MustExecContext QueryContext QueryRowContext QueryRowxContext QueryxContext SelectContext", with),
		each("(*"+sqlx+".NamedStmt).", "Exec Get MustExec Query QueryRow QueryRowx Queryx Select", without),
		each(sqlx+".", "ConnectContext GetContext MustExecContext NamedExecContext NamedQueryContext PreparexContext SelectContext", function),
		each(sqlx+".", "Connect MustConnect Get MustExec NamedExec NamedQuery Preparex Select", without),
	)
}

// mongoOutbounds are the rows of MongoDB's driver. What ends sessions and disconnects belongs to clean-up.
func mongoOutbounds() []Outbound {
	var rows []Outbound
	for _, v := range []struct{ path, session, drop, client, source string }{
		{"go.mongodb.org/mongo-driver/mongo", "(go.mongodb.org/mongo-driver/mongo.Session).", "DropOneWithKey", "",
			"go.mongodb.org/mongo-driver v1.17.10, mongo/options/clientoptions.go: SocketTimeout and Timeout have no default; the server is selected within 30 s"},
		{"go.mongodb.org/mongo-driver/v2/mongo", "(*go.mongodb.org/mongo-driver/v2/mongo.Session).", "DropWithKey", " BulkWrite",
			"go.mongodb.org/mongo-driver/v2 v2.9.3, mongo/options/clientoptions.go: Timeout has no default; the server is selected within 30 s"},
	} {
		row := Outbound{Context: 2, What: "waits for the database", Option: "options.ClientOptions.SetTimeout", Source: v.source}
		stream := row
		stream.Stream, stream.What = true, "waits for the next change"
		rows = slices.Concat(rows,
			each("(*"+v.path+".Client).", "ListDatabaseNames ListDatabases Ping"+v.client, row),
			each("(*"+v.path+".Database).", "Aggregate CreateCollection CreateView Drop ListCollectionNames ListCollectionSpecifications ListCollections RunCommand RunCommandCursor", row),
			each("(*"+v.path+".Collection).", `Aggregate BulkWrite CountDocuments DeleteMany DeleteOne Distinct Drop EstimatedDocumentCount Find FindOne FindOneAndDelete
				FindOneAndReplace FindOneAndUpdate InsertMany InsertOne ReplaceOne UpdateByID UpdateMany UpdateOne`, row),
			each("("+v.path+".IndexView).", "CreateMany CreateOne DropAll DropOne List ListSpecifications "+v.drop, row),
			each("("+v.path+".SearchIndexView).", "CreateMany CreateOne DropOne List UpdateOne", row),
			each("(*"+v.path+".Cursor).", "All Next", row),
			each(v.session, "CommitTransaction", row),
			each("(*"+v.path+".Client).", "Watch", stream),
			each("(*"+v.path+".Database).", "Watch", stream),
			each("(*"+v.path+".Collection).", "Watch", stream),
			each("(*"+v.path+".ChangeStream).", "Next TryNext", stream),
		)
	}
	return rows
}

// directoryOutbounds are the rows of LDAP clients, whose calls have no context.
func directoryOutbounds() []Outbound {
	row := Outbound{What: "waits for the directory server", Option: "(*ldap.Conn).SetTimeout",
		Source: "github.com/go-ldap/ldap/v3 v3.4.15, conn.go: requestTimeout is 0 unless set"}
	return each("(*github.com/go-ldap/ldap/v3.Conn).",
		"Add Bind Compare Del DirSync Extended ExternalBind Modify ModifyDN ModifyWithResult PasswordModify Search SearchWithPaging SimpleBind StartTLS UnauthenticatedBind WhoAmI", row)
}
