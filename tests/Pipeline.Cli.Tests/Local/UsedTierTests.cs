using Pipeline.Cli.Composition;
using Pipeline.Cli.Local;
using Pipeline.Testing;

namespace Pipeline.Cli.Tests.Local;

public sealed class UsedTierTests : IDisposable
{
    private readonly LocalFolders _folders = new(RepositoryFolders.CreateTemporary("tier"));

    public void Dispose() => Directory.Delete(_folders.Root, recursive: true);

    [Theory]
    [InlineData("embedded", "kafka")]
    [InlineData("kafka", "embedded")]
    public async Task A_folder_that_was_used_with_another_tier_is_refused_before_anything_starts(string first, string second)
    {
        new UsedTier(_folders).Record(Enum.Parse<Tier>(first, ignoreCase: true));
        var options = new LocalOptions(FreePorts.Next(1), _folders.Root, Enum.Parse<Tier>(second, ignoreCase: true), 1, []);
        await using var pipeline = new LocalPipeline(options, TimeProvider.System, _ => { });

        var refused = await Assert.ThrowsAsync<CliException>(() => pipeline.StartAsync(CancellationToken.None));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains($"was used with tier '{first}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("choose another folder with DATA=", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folders.Postgres));
    }

    [Fact]
    public void A_new_folder_and_the_same_tier_are_taken()
    {
        var used = new UsedTier(_folders);
        used.Check(Tier.Kafka);
        used.Record(Tier.Kafka);

        used.Check(Tier.Kafka);
    }
}
