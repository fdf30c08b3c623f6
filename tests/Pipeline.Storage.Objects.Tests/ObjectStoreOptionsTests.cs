using Pipeline.Schemas.Errors;
using Pipeline.Storage.Objects.Folders;
using Pipeline.Storage.Objects.S3;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

public sealed class ObjectStoreOptionsTests
{
    private static readonly ObjectStoreOptions Bucket = new() { Location = "s3://bucket/prefix", S3 = new S3Options { Region = "eu-central-1" } };

    [Theory]
    [InlineData("s3://bucket", "bucket", "")]
    [InlineData("s3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/a/b", "bucket", "a/b/")]
    [InlineData("s3://bucket/a/b/", "bucket", "a/b/")]
    public void A_location_is_a_bucket_and_what_stands_before_the_keys(string location, string bucket, string prefix)
    {
        var options = Bucket with { Location = location };

        Assert.Empty(options.Problems());
        Assert.Equal((bucket, prefix), (options.Bucket, options.Prefix));
    }

    [Theory]
    [InlineData("/var/lib/failed")]
    [InlineData("failed/batches")]
    [InlineData("./failed")]
    public void Anything_else_is_a_folder(string location)
    {
        var store = ObjectStoreFactory.Open(new ObjectStoreOptions { Location = location }, TimeProvider.System);

        Assert.IsType<FolderObjectStore>(store);
        Assert.Equal(Path.GetFullPath(location), store.Location);
    }

    [Theory]
    [InlineData("", "expected s3://bucket/prefix or a folder")]
    [InlineData("gs://bucket", "expected s3://bucket/prefix or a folder")]
    [InlineData("s3://", "3 to 63 characters")]
    [InlineData("s3://key:secret@bucket/x", "3 to 63 characters")]
    [InlineData("s3://Bucket", "3 to 63 characters")]
    [InlineData("s3://bucket/a/../b", "a prefix has segments")]
    [InlineData("s3://bucket/a//b", "a prefix has segments")]
    public void A_location_that_cannot_be_used_is_said(string location, string expected) =>
        Assert.Contains(expected, Assert.Single(new ObjectStoreOptions { Location = location }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Settings_that_cannot_be_used_are_said_each_by_name()
    {
        var options = Bucket with
        {
            S3 = new S3Options
            {
                Endpoint = new Uri("http://user:hidden@host"),
                AccessKey = "key",
                Timeout = TimeSpan.Zero,
                ConnectTimeout = TimeSpan.Zero,
                Retries = 11,
                PageSize = 0,
            },
        };

        var error = Assert.Throws<ObjectStoreException>(() => ObjectStoreFactory.Open(options, TimeProvider.System));

        Assert.Equal(ErrorClass.Permanent, error.Class);
        foreach (var name in new[] { "S3.Endpoint", "S3.SecretKey", "S3.Timeout", "S3.ConnectTimeout", "S3.Retries", "S3.PageSize" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
        Assert.Contains("S3.SessionToken", Assert.Single((Bucket with { S3 = new S3Options { SessionToken = "t" } }).Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_in_no_text()
    {
        var options = Bucket with { S3 = Bucket.S3 with { AccessKey = "an-access-key", SecretKey = "a-secret", SessionToken = "a-token" } };
        using var store = (S3ObjectStore)ObjectStoreFactory.Open(options, TimeProvider.System);

        Assert.Equal("s3://bucket/prefix", store.Location);
        foreach (var secret in new[] { "an-access-key", "a-secret", "a-token" })
        {
            Assert.DoesNotContain(secret, options.ToString(), StringComparison.Ordinal);
        }
    }
}
