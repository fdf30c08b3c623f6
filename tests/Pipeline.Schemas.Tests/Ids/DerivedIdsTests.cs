using Pipeline.Schemas.Ids;

namespace Pipeline.Schemas.Tests.Ids;

public sealed class DerivedIdsTests
{
    [Fact]
    public void A_retry_derives_the_same_id() => Assert.Equal(DerivedIds.ForEvent("p", "e"), DerivedIds.ForEvent("p", "e"));

    [Fact]
    public void Another_project_derives_another_id() => Assert.NotEqual(DerivedIds.ForEvent("p", "e"), DerivedIds.ForEvent("q", "e"));

    [Fact]
    public void Names_cannot_be_shifted_into_each_other() => Assert.NotEqual(UuidV5.Derive("ab", "c"), UuidV5.Derive("a", "bc"));

    [Fact]
    public void A_derived_id_is_a_version_5_uuid() => Assert.Equal('5', DerivedIds.ForTraceOf("p", "o")[14]);
}
