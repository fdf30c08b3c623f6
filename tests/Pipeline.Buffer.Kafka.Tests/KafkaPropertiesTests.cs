using Pipeline.Testing.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

[Collection(KafkaCollection.Name)]
[Trait("Needs", "Kafka")]
public sealed class KafkaPropertiesTests(KafkaFixture fixture)
{
    [KafkaFact]
    public void All_wrong_properties_are_named_at_once()
    {
        var options = fixture.Options("test");
        options.Common["no.such.key"] = "1";
        options.Producer["acks"] = "0";
        options.Consumer["fetch.min.bytes"] = "many";

        var refused = Assert.Throws<KafkaConfigurationException>(() => new KafkaEventLog(options, TimeProvider.System));

        Assert.Contains("Kafka:Common:no.such.key is unknown", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Producer:acks is set by the pipeline", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Consumer:fetch.min.bytes", refused.Message, StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Known_properties_are_passed_through()
    {
        var options = fixture.Options("test");
        options.Common["client.rack"] = "a";

        await using var log = new KafkaEventLog(options, TimeProvider.System);
    }

    [KafkaFact]
    public async Task A_missing_topic_is_an_error_that_says_how_to_make_it()
    {
        await using var log = new KafkaEventLog(fixture.Options("missing"), TimeProvider.System);

        var finding = Assert.Single(await log.CheckTopicAsync(new TopicSpec("missing", 4), CancellationToken.None));

        Assert.Equal(TopicFindingSeverity.Error, finding.Severity);
        Assert.Contains("pipeline topics create", finding.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.OpenAsync(CancellationToken.None));
    }

    [KafkaFact]
    public async Task Too_few_partitions_are_an_error_and_one_replica_is_a_warning()
    {
        await using var log = await fixture.OpenAsync(partitions: 2);

        var findings = await log.CheckTopicAsync(new TopicSpec(log.Topic, 4), CancellationToken.None);

        Assert.Contains(findings, finding => finding is { Severity: TopicFindingSeverity.Error, Setting: "partitions" });
        Assert.Contains(findings, finding => finding is { Severity: TopicFindingSeverity.Warning, Setting: "replication.factor" });
    }
}
