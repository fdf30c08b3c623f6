namespace Pipeline.Storage.Objects.S3;

/// <summary>How S3, or a store that speaks its protocol, is reached.</summary>
public sealed record S3Options
{
    /// <summary>Address of the store; null for Amazon's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region; empty for that of the environment or the profile, and with an address of one's own <c>us-east-1</c>.</summary>
    public string Region { get; init; } = "";

    /// <summary>Access key; empty for the standard chain: environment, profile, web identity, container, instance.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Secret of the access key.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>Token of temporary credentials; empty for none.</summary>
    public string SessionToken { get; init; } = "";

    /// <summary>Whether the bucket stands in the path instead of the host name.</summary>
    /// <value>Null: yes with an address of one's own, no with Amazon's.</value>
    public bool? PathStyle { get; init; }

    /// <summary>Whether checksums beyond the signature's are sent and checked.</summary>
    /// <value>WhenRequired: many compatible stores refuse the other; what is written is read back and compared anyway.</value>
    public S3ChecksumMode ChecksumMode { get; init; } = S3ChecksumMode.WhenRequired;

    /// <summary>Whether the store itself refuses to overwrite (<c>If-None-Match: *</c>).</summary>
    /// <value>True. Without it the object is looked for first, and two writers at the same moment can both write.</value>
    public bool ConditionalWrites { get; init; } = true;

    /// <summary>How long one operation may take, with its repetitions.</summary>
    /// <value>60 s: 100 MiB at 2 MiB/s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long connecting may take.</summary>
    /// <value>5 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a failed request is repeated before its caller learns of it.</summary>
    /// <value>3.</value>
    public int Retries { get; init; } = 3;

    /// <summary>Objects in one answer to a listing.</summary>
    /// <value>1000, the most that S3 gives.</value>
    public int PageSize { get; init; } = 1000;

    /// <summary>The settings without the secrets.</summary>
    public override string ToString() =>
        $"{(Endpoint is { IsAbsoluteUri: true } address ? address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) : "aws")} region={Region} path_style={PathStyle} checksums={ChecksumMode} conditional_writes={ConditionalWrites} timeout={Timeout}";

    internal IEnumerable<string> Problems()
    {
        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https") || Endpoint.UserInfo.Length > 0 || Endpoint.Query.Length > 0))
        {
            yield return "S3.Endpoint: expected http://host:port or https://host, without credentials";
        }

        if ((AccessKey.Length == 0) != (SecretKey.Length == 0))
        {
            yield return "S3.AccessKey and S3.SecretKey: give both or neither";
        }

        if (SessionToken.Length > 0 && AccessKey.Length == 0)
        {
            yield return "S3.SessionToken: needs S3.AccessKey and S3.SecretKey";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromHours(1))
        {
            yield return "S3.Timeout: expected 0.1 s to 1 hour";
        }

        if (ConnectTimeout < TimeSpan.FromMilliseconds(100) || ConnectTimeout > Timeout)
        {
            yield return "S3.ConnectTimeout: expected 0.1 s to S3.Timeout";
        }

        if (Retries is < 0 or > 10)
        {
            yield return "S3.Retries: expected 0 to 10";
        }

        if (PageSize is < 1 or > 1000)
        {
            yield return "S3.PageSize: expected 1 to 1000";
        }
    }
}
