using System.Collections.Frozen;
using System.Globalization;

namespace Pipeline.Schemas.Errors;

/// <summary>What to do about each error of each backend; the one table of it.</summary>
/// <remarks>
/// An error that is not listed has its backend's default. ClickHouse: transient, for sending again is harmless there and giving up is not.
/// Postgres: permanent, for an unknown refusal of a statement of ours is a defect that repeating would hide. S3: by the HTTP status, transient
/// without one. The log: transient, for whoever appends waits or tells its client to.
/// </remarks>
public static class ErrorTable
{
    private static readonly ErrorRow[] ClickHouse =
    [
        // Away, between two states, or cut on the way: an error that is not listed is treated alike, because sending again is harmless.
        new(ErrorBackend.ClickHouse, "32", "ATTEMPT_TO_READ_AFTER_EOF", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "209", "SOCKET_TIMEOUT", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "210", "NETWORK_ERROR", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "236", "ABORTED", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "242", "TABLE_IS_READ_ONLY", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "243", "NOT_ENOUGH_SPACE", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "285", "TOO_FEW_LIVE_REPLICAS", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "286", "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "319", "UNKNOWN_STATUS_OF_INSERT", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "394", "QUERY_WAS_CANCELLED", ErrorClass.Transient),
        new(ErrorBackend.ClickHouse, "999", "KEEPER_EXCEPTION", ErrorClass.Transient),

        new(ErrorBackend.ClickHouse, "159", "TIMEOUT_EXCEEDED", ErrorClass.Overload),
        new(ErrorBackend.ClickHouse, "201", "QUOTA_EXCEEDED", ErrorClass.Overload),
        new(ErrorBackend.ClickHouse, "202", "TOO_MANY_SIMULTANEOUS_QUERIES", ErrorClass.Overload),
        new(ErrorBackend.ClickHouse, "241", "MEMORY_LIMIT_EXCEEDED", ErrorClass.Overload),
        new(ErrorBackend.ClickHouse, "252", "TOO_MANY_PARTS", ErrorClass.Overload),

        // A Native block says the types of its columns once, in its header: UNKNOWN_TYPE and TYPE_MISMATCH are about the table, never about a row.
        new(ErrorBackend.ClickHouse, "16", "NO_SUCH_COLUMN_IN_TABLE", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "20", "NUMBER_OF_COLUMNS_DOESNT_MATCH", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "36", "BAD_ARGUMENTS", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "44", "ILLEGAL_COLUMN", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "47", "UNKNOWN_IDENTIFIER", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "50", "UNKNOWN_TYPE", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "53", "TYPE_MISMATCH", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "60", "UNKNOWN_TABLE", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "62", "SYNTAX_ERROR", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "73", "UNKNOWN_FORMAT", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "81", "UNKNOWN_DATABASE", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "115", "UNKNOWN_SETTING", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "164", "READONLY", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "192", "UNKNOWN_USER", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "193", "WRONG_PASSWORD", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "194", "REQUIRED_PASSWORD", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "195", "IP_ADDRESS_NOT_ALLOWED", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "497", "ACCESS_DENIED", ErrorClass.Permanent),
        new(ErrorBackend.ClickHouse, "516", "AUTHENTICATION_FAILED", ErrorClass.Permanent),

        // What a value can cause: its text, its size, its range, or a constraint or a default of the table that is computed from it.
        new(ErrorBackend.ClickHouse, "6", "CANNOT_PARSE_TEXT", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "26", "CANNOT_PARSE_QUOTED_STRING", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "27", "CANNOT_PARSE_INPUT_ASSERTION_FAILED", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "33", "CANNOT_READ_ALL_DATA", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "38", "CANNOT_PARSE_DATE", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "41", "CANNOT_PARSE_DATETIME", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "43", "ILLEGAL_TYPE_OF_ARGUMENT", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "69", "ARGUMENT_OUT_OF_BOUND", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "70", "CANNOT_CONVERT_TYPE", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "72", "CANNOT_PARSE_NUMBER", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "117", "INCORRECT_DATA", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "128", "TOO_LARGE_ARRAY_SIZE", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "153", "ILLEGAL_DIVISION", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "131", "TOO_LARGE_STRING_SIZE", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "321", "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "349", "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "376", "CANNOT_PARSE_UUID", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "407", "DECIMAL_OVERFLOW", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "467", "CANNOT_PARSE_BOOL", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "469", "VIOLATED_CONSTRAINT", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "675", "CANNOT_PARSE_IPV4", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "676", "CANNOT_PARSE_IPV6", ErrorClass.Poison),
        new(ErrorBackend.ClickHouse, "691", "UNKNOWN_ELEMENT_OF_ENUM", ErrorClass.Poison),
    ];

    private static readonly ErrorRow[] Postgres =
    [
        new(ErrorBackend.Postgres, "08", "connection_exception", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "25006", "read_only_sql_transaction", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "40", "transaction_rollback", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "55000", "object_not_in_prerequisite_state", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "55006", "object_in_use", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "55P03", "lock_not_available", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "57", "operator_intervention", ErrorClass.Transient),
        new(ErrorBackend.Postgres, "58", "system_error", ErrorClass.Transient),

        new(ErrorBackend.Postgres, "53", "insufficient_resources", ErrorClass.Overload),

        new(ErrorBackend.Postgres, "0A", "feature_not_supported", ErrorClass.Permanent),
        new(ErrorBackend.Postgres, "28", "invalid_authorization_specification", ErrorClass.Permanent),
        new(ErrorBackend.Postgres, "3D000", "invalid_catalog_name", ErrorClass.Permanent),
        new(ErrorBackend.Postgres, "3F", "invalid_schema_name", ErrorClass.Permanent),
        new(ErrorBackend.Postgres, "42", "syntax_error_or_access_rule_violation", ErrorClass.Permanent),
        new(ErrorBackend.Postgres, "XX", "internal_error", ErrorClass.Permanent),

        new(ErrorBackend.Postgres, "21", "cardinality_violation", ErrorClass.Poison),
        new(ErrorBackend.Postgres, "22", "data_exception", ErrorClass.Poison),
        new(ErrorBackend.Postgres, "23", "integrity_constraint_violation", ErrorClass.Poison),
        new(ErrorBackend.Postgres, "44", "with_check_option_violation", ErrorClass.Poison),
        new(ErrorBackend.Postgres, "54", "program_limit_exceeded", ErrorClass.Poison),
        new(ErrorBackend.Postgres, "P0001", "raise_exception", ErrorClass.Poison),
    ];

    // Names of texts are the HTTP status they come with.
    private static readonly ErrorRow[] ObjectStore =
    [
        // BadDigest and IncompleteBody are damage on the way; an expired token is renewed by the credentials' source.
        new(ErrorBackend.ObjectStore, "BadDigest", "400", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "ConditionalRequestConflict", "409", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "ExpiredToken", "400", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "IncompleteBody", "400", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "InternalError", "500", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "OperationAborted", "409", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "RequestTimeout", "400", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "XMinioStorageFull", "507", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "408", "Request Timeout", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "409", "Conflict", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "500", "Internal Server Error", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "502", "Bad Gateway", ErrorClass.Transient),
        new(ErrorBackend.ObjectStore, "504", "Gateway Timeout", ErrorClass.Transient),

        new(ErrorBackend.ObjectStore, "BandwidthLimitExceeded", "503", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "RequestLimitExceeded", "503", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "ServiceUnavailable", "503", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "SlowDown", "503", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "Throttling", "400", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "ThrottlingException", "400", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "TooManyRequests", "429", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "429", "Too Many Requests", ErrorClass.Overload),
        new(ErrorBackend.ObjectStore, "503", "Service Unavailable", ErrorClass.Overload),

        // Location, credentials, grants, and settings that the store does not know (path style, checksum mode, conditional writes).
        new(ErrorBackend.ObjectStore, "AccessDenied", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "AccountProblem", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "AllAccessDisabled", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "AuthorizationHeaderMalformed", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "InvalidAccessKeyId", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "InvalidArgument", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "InvalidBucketName", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "InvalidRequest", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "InvalidToken", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "KMS.DisabledException", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "MethodNotAllowed", "405", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "NoSuchBucket", "404", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "NotImplemented", "501", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "PermanentRedirect", "301", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "RequestTimeTooSkewed", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "SignatureDoesNotMatch", "403", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "XAmzContentSHA256Mismatch", "400", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "301", "Moved Permanently", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "400", "Bad Request", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "401", "Unauthorized", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "403", "Forbidden", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "404", "Not Found", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "405", "Method Not Allowed", ErrorClass.Permanent),
        new(ErrorBackend.ObjectStore, "501", "Not Implemented", ErrorClass.Permanent),

        new(ErrorBackend.ObjectStore, "EntityTooLarge", "400", ErrorClass.Poison),
        new(ErrorBackend.ObjectStore, "KeyTooLongError", "400", ErrorClass.Poison),
        new(ErrorBackend.ObjectStore, "413", "Content Too Large", ErrorClass.Poison),
    ];

    // A fatal error of the client is transient: the producer is made anew.
    private static readonly ErrorRow[] Log =
    [
        new(ErrorBackend.Log, "KafkaStorageError", "KAFKA_STORAGE_ERROR", ErrorClass.Transient),
        new(ErrorBackend.Log, "LeaderNotAvailable", "LEADER_NOT_AVAILABLE", ErrorClass.Transient),
        new(ErrorBackend.Log, "Local_AllBrokersDown", "_ALL_BROKERS_DOWN", ErrorClass.Transient),
        new(ErrorBackend.Log, "Local_Fatal", "_FATAL", ErrorClass.Transient),
        new(ErrorBackend.Log, "Local_MsgTimedOut", "_MSG_TIMED_OUT", ErrorClass.Transient),
        new(ErrorBackend.Log, "Local_Transport", "_TRANSPORT", ErrorClass.Transient),
        new(ErrorBackend.Log, "NotEnoughReplicas", "NOT_ENOUGH_REPLICAS", ErrorClass.Transient),
        new(ErrorBackend.Log, "NotEnoughReplicasAfterAppend", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", ErrorClass.Transient),
        new(ErrorBackend.Log, "NotLeaderForPartition", "NOT_LEADER_FOR_PARTITION", ErrorClass.Transient),
        new(ErrorBackend.Log, "RequestTimedOut", "REQUEST_TIMED_OUT", ErrorClass.Transient),
        new(ErrorBackend.Log, "UnknownTopicOrPart", "UNKNOWN_TOPIC_OR_PART", ErrorClass.Transient),

        new(ErrorBackend.Log, "Local_QueueFull", "_QUEUE_FULL", ErrorClass.Overload),

        new(ErrorBackend.Log, "ClusterAuthorizationFailed", "CLUSTER_AUTHORIZATION_FAILED", ErrorClass.Permanent),
        new(ErrorBackend.Log, "GroupAuthorizationFailed", "GROUP_AUTHORIZATION_FAILED", ErrorClass.Permanent),
        new(ErrorBackend.Log, "InvalidRecord", "INVALID_RECORD", ErrorClass.Permanent),
        new(ErrorBackend.Log, "InvalidRequiredAcks", "INVALID_REQUIRED_ACKS", ErrorClass.Permanent),
        new(ErrorBackend.Log, "Local_Authentication", "_AUTHENTICATION", ErrorClass.Permanent),
        new(ErrorBackend.Log, "Local_InvalidArg", "_INVALID_ARG", ErrorClass.Permanent),
        new(ErrorBackend.Log, "Local_UnknownTopic", "_UNKNOWN_TOPIC", ErrorClass.Permanent),
        new(ErrorBackend.Log, "Local_UnsupportedFeature", "_UNSUPPORTED_FEATURE", ErrorClass.Permanent),
        new(ErrorBackend.Log, "PolicyViolation", "POLICY_VIOLATION", ErrorClass.Permanent),
        new(ErrorBackend.Log, "SaslAuthenticationFailed", "SASL_AUTHENTICATION_FAILED", ErrorClass.Permanent),
        new(ErrorBackend.Log, "TopicAuthorizationFailed", "TOPIC_AUTHORIZATION_FAILED", ErrorClass.Permanent),
        new(ErrorBackend.Log, "TopicException", "TOPIC_EXCEPTION", ErrorClass.Permanent),
        new(ErrorBackend.Log, "UnsupportedSaslMechanism", "UNSUPPORTED_SASL_MECHANISM", ErrorClass.Permanent),
        new(ErrorBackend.Log, "UnsupportedVersion", "UNSUPPORTED_VERSION", ErrorClass.Permanent),

        new(ErrorBackend.Log, "MsgSizeTooLarge", "MSG_SIZE_TOO_LARGE", ErrorClass.Poison),
        new(ErrorBackend.Log, "RecordListTooLarge", "RECORD_LIST_TOO_LARGE", ErrorClass.Poison),
    ];

    private static readonly FrozenDictionary<(ErrorBackend Backend, string Code), ErrorClass> Classes =
        ClickHouse.Concat(Postgres).Concat(ObjectStore).Concat(Log).ToFrozenDictionary(static row => (row.Backend, row.Code), static row => row.Class);

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<ErrorRow> Rows { get; } = [.. ClickHouse, .. Postgres, .. ObjectStore, .. Log];

    /// <summary>Class of one of ClickHouse's codes.</summary>
    public static ErrorClass ClassOfClickHouse(int code) =>
        Find(ErrorBackend.ClickHouse, code.ToString(CultureInfo.InvariantCulture)) ?? ErrorClass.Transient;

    /// <summary>Class of a SQLSTATE: its own row, or else that of its first two characters.</summary>
    public static ErrorClass ClassOfPostgres(string sqlState) =>
        Find(ErrorBackend.Postgres, sqlState) ?? Find(ErrorBackend.Postgres, sqlState.Length > 2 ? sqlState[..2] : "") ?? ErrorClass.Permanent;

    /// <summary>Class of an answer of S3: by its code, or else by its status.</summary>
    /// <param name="code">Code of the error document; empty when there was none.</param>
    /// <param name="status">HTTP status; 0 when nothing was answered.</param>
    public static ErrorClass ClassOfObjectStore(string code, int status) =>
        Find(ErrorBackend.ObjectStore, code)
        ?? Find(ErrorBackend.ObjectStore, status.ToString(CultureInfo.InvariantCulture))
        ?? (status is >= 300 and < 500 ? ErrorClass.Permanent : ErrorClass.Transient);

    /// <summary>Class of an error of the log's client.</summary>
    /// <param name="name">Name of the code as the client prints it.</param>
    public static ErrorClass ClassOfLog(string name) => Find(ErrorBackend.Log, name) ?? ErrorClass.Transient;

    private static ErrorClass? Find(ErrorBackend backend, string code) => Classes.TryGetValue((backend, code), out var found) ? found : null;
}
