using Pipeline.Storage.Objects.S3;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Objects;

/// <summary>Where objects are kept, and how that place is reached.</summary>
public sealed record ObjectStoreOptions
{
    private const string Scheme = "s3://";

    /// <summary><c>s3://bucket</c>, <c>s3://bucket/prefix</c>, or a folder; a relative one is below the working folder.</summary>
    public required string Location { get; init; }

    /// <summary>Settings of S3; a folder has none.</summary>
    public S3Options S3 { get; init; } = new();

    /// <summary>Whether it is a bucket.</summary>
    public bool IsS3 => Location.StartsWith(Scheme, StringComparison.Ordinal);

    internal string Bucket => IsS3 ? Location[Scheme.Length..].Split('/')[0] : "";

    /// <summary>What stands before every key: empty, or ending in a slash.</summary>
    internal string Prefix
    {
        get
        {
            var prefix = IsS3 ? Location[(Scheme.Length + Bucket.Length)..].Trim('/') : "";
            return prefix.Length == 0 ? "" : prefix + "/";
        }
    }

    /// <summary>What is wrong, one line per setting; empty when all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        if (!IsS3)
        {
            return Location.Length == 0 || Location.Contains("://", StringComparison.Ordinal) || Location.Contains('\0', StringComparison.Ordinal)
                ? ["Location: expected s3://bucket/prefix or a folder"]
                : [];
        }

        var problems = new List<string>();
        if (Bucket.Length is < 3 or > 63 || !Bucket.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-'))
        {
            problems.Add("Location: a bucket has 3 to 63 characters of a-z, 0-9, point and hyphen");
        }

        // Room for the keys behind it.
        if (!ObjectKeyRule.IsPrefix(Prefix) || Prefix.Length > 1024 - ObjectKeyRule.MaxLength)
        {
            problems.Add("Location: a prefix has segments of A-Z, a-z, 0-9, =, _, point and hyphen, 256 characters in all");
        }

        problems.AddRange(S3.Problems());
        return problems;
    }
}
