using Pipeline.Schemas.Errors;

namespace Pipeline.Schemas.Tests.Errors;

public sealed class ErrorTableTests
{
    // Written down once more, by hand: a row that moves to another class changes what happens to data.
    private static readonly Dictionary<(ErrorBackend Backend, ErrorClass Class), string> Expected = new()
    {
        [(ErrorBackend.ClickHouse, ErrorClass.Transient)] = "32 209 210 236 242 243 285 286 319 394 999",
        [(ErrorBackend.ClickHouse, ErrorClass.Overload)] = "159 201 202 241 252",
        [(ErrorBackend.ClickHouse, ErrorClass.Permanent)] = "16 20 36 44 47 50 53 60 62 73 81 115 164 192 193 194 195 497 516",
        [(ErrorBackend.ClickHouse, ErrorClass.Poison)] = "6 26 27 33 38 41 43 69 70 72 117 128 131 153 321 349 376 395 407 467 469 675 676 691",
        [(ErrorBackend.Postgres, ErrorClass.Transient)] = "08 25006 40 55000 55006 55P03 57 58",
        [(ErrorBackend.Postgres, ErrorClass.Overload)] = "53",
        [(ErrorBackend.Postgres, ErrorClass.Permanent)] = "0A 28 3D000 3F 42 XX",
        [(ErrorBackend.Postgres, ErrorClass.Poison)] = "21 22 23 44 54 P0001",
        [(ErrorBackend.ObjectStore, ErrorClass.Transient)] =
            "BadDigest ConditionalRequestConflict ExpiredToken IncompleteBody InternalError OperationAborted RequestTimeout XMinioStorageFull 408 409 500 502 504",
        [(ErrorBackend.ObjectStore, ErrorClass.Overload)] =
            "BandwidthLimitExceeded RequestLimitExceeded ServiceUnavailable SlowDown Throttling ThrottlingException TooManyRequests 429 503",
        [(ErrorBackend.ObjectStore, ErrorClass.Permanent)] =
            "AccessDenied AccountProblem AllAccessDisabled AuthorizationHeaderMalformed InvalidAccessKeyId InvalidArgument InvalidBucketName InvalidRequest InvalidToken "
            + "KMS.DisabledException MethodNotAllowed NoSuchBucket NotImplemented PermanentRedirect RequestTimeTooSkewed SignatureDoesNotMatch XAmzContentSHA256Mismatch "
            + "301 400 401 403 404 405 501",
        [(ErrorBackend.ObjectStore, ErrorClass.Poison)] = "EntityTooLarge KeyTooLongError 413",
        [(ErrorBackend.Log, ErrorClass.Transient)] =
            "KafkaStorageError LeaderNotAvailable Local_AllBrokersDown Local_Fatal Local_MsgTimedOut Local_Transport NotEnoughReplicas NotEnoughReplicasAfterAppend "
            + "NotLeaderForPartition RequestTimedOut UnknownTopicOrPart",
        [(ErrorBackend.Log, ErrorClass.Overload)] = "Local_QueueFull",
        [(ErrorBackend.Log, ErrorClass.Permanent)] =
            "ClusterAuthorizationFailed GroupAuthorizationFailed InvalidRecord InvalidRequiredAcks Local_Authentication Local_InvalidArg Local_UnknownTopic "
            + "Local_UnsupportedFeature PolicyViolation SaslAuthenticationFailed TopicAuthorizationFailed TopicException UnsupportedSaslMechanism UnsupportedVersion",
        [(ErrorBackend.Log, ErrorClass.Poison)] = "MsgSizeTooLarge RecordListTooLarge",
    };

    public static TheoryData<ErrorBackend, string, ErrorClass> Rows()
    {
        var rows = new TheoryData<ErrorBackend, string, ErrorClass>();
        foreach (var ((backend, errorClass), codes) in Expected)
        {
            foreach (var code in codes.Split(' '))
            {
                rows.Add(backend, code, errorClass);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_has_the_class_it_is_meant_to_have(ErrorBackend backend, string code, ErrorClass expected)
    {
        var row = Assert.Single(ErrorTable.Rows, row => row.Backend == backend && row.Code == code);

        Assert.Equal(expected, row.Class);
        Assert.Equal(expected, ClassOf(backend, code));
        Assert.NotEmpty(row.Name);
    }

    [Fact]
    public void No_row_is_missing_here() =>
        Assert.Empty(ErrorTable.Rows.Select(row => $"{row.Backend} {row.Code}").Except(Rows().Select(row => $"{row[0]} {row[1]}")));

    [Fact]
    public void A_code_nobody_knows_has_its_backends_default()
    {
        Assert.Equal(ErrorClass.Transient, ErrorTable.ClassOfClickHouse(12_345));
        Assert.Equal(ErrorClass.Permanent, ErrorTable.ClassOfPostgres("ZZ999"));
        Assert.Equal(ErrorClass.Permanent, ErrorTable.ClassOfPostgres(""));
        Assert.Equal(ErrorClass.Transient, ErrorTable.ClassOfObjectStore("", 0));
        Assert.Equal(ErrorClass.Transient, ErrorTable.ClassOfObjectStore("Novel", 599));
        Assert.Equal(ErrorClass.Permanent, ErrorTable.ClassOfObjectStore("Novel", 418));
        Assert.Equal(ErrorClass.Transient, ErrorTable.ClassOfLog("Novel"));
    }

    [Theory]
    [InlineData("53300", ErrorClass.Overload)]
    [InlineData("40P01", ErrorClass.Transient)]
    [InlineData("57014", ErrorClass.Transient)]
    [InlineData("42P01", ErrorClass.Permanent)]
    [InlineData("22021", ErrorClass.Poison)]
    [InlineData("25001", ErrorClass.Permanent)]
    public void A_state_without_a_row_has_the_class_of_its_first_two_characters(string sqlState, ErrorClass expected) =>
        Assert.Equal(expected, ErrorTable.ClassOfPostgres(sqlState));

    [Theory]
    [InlineData("SlowDown", 400, ErrorClass.Overload)]
    [InlineData("Novel", 503, ErrorClass.Overload)]
    [InlineData("", 403, ErrorClass.Permanent)]
    public void A_code_of_s3_counts_before_its_status(string code, int status, ErrorClass expected) =>
        Assert.Equal(expected, ErrorTable.ClassOfObjectStore(code, status));

    private static ErrorClass ClassOf(ErrorBackend backend, string code) => backend switch
    {
        ErrorBackend.ClickHouse => ErrorTable.ClassOfClickHouse(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture)),
        ErrorBackend.Postgres => ErrorTable.ClassOfPostgres(code),
        ErrorBackend.ObjectStore => int.TryParse(code, out var status) ? ErrorTable.ClassOfObjectStore("", status) : ErrorTable.ClassOfObjectStore(code, 0),
        _ => ErrorTable.ClassOfLog(code),
    };
}
