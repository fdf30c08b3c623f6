using Pipeline.Testing.ObjectStores;

namespace Pipeline.Storage.Objects.Tests;

[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<S3Server>
{
    public const string Name = "s3";
}
