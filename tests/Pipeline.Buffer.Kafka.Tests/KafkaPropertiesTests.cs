using Pipeline.Testing.Kafka;

namespace Pipeline.Buffer.Kafka.Tests;

public sealed class KafkaPropertiesTests
{
    [KafkaClientFact]
    public void All_mistakes_are_reported_together_by_name()
    {
        var options = new KafkaBufferOptions
        {
            Common = { ["no.such.property"] = "1" },
            Producer = { ["linger.mss"] = "5", ["acks"] = "1", ["compression.type"] = "bogus" },
            Consumer = { ["session.timeout.ms"] = "soon", ["fetch.min.bytes"] = "1" },
        };

        var refused = Assert.Throws<KafkaConfigurationException>(() => new KafkaEventLog(options, TimeProvider.System));

        Assert.Contains("BootstrapServers", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Common:no.such.property is unknown", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Producer:linger.mss is unknown", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Producer:acks is set by the pipeline", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Producer:compression.type: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka:Consumer:session.timeout.ms: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fetch.min.bytes", refused.Message, StringComparison.Ordinal);
    }

    [KafkaClientTheory]
    [InlineData("acks")]
    [InlineData("request.required.acks")]
    [InlineData("enable.idempotence")]
    [InlineData("enable.auto.commit")]
    [InlineData("auto.commit.enable")]
    [InlineData("enable.auto.offset.store")]
    [InlineData("auto.offset.reset")]
    [InlineData("group.id")]
    [InlineData("group.instance.id")]
    [InlineData("bootstrap.servers")]
    [InlineData("metadata.broker.list")]
    [InlineData("partition.assignment.strategy")]
    [InlineData("message.max.bytes")]
    [InlineData("transactional.id")]
    public void What_the_promise_depends_on_cannot_be_set(string property)
    {
        foreach (var section in new Func<KafkaBufferOptions, Dictionary<string, string>>[] { o => o.Common, o => o.Producer, o => o.Consumer })
        {
            var options = new KafkaBufferOptions { BootstrapServers = "127.0.0.1:1" };
            section(options)[property] = "1";

            var refused = Assert.Throws<KafkaConfigurationException>(() => new KafkaEventLog(options, TimeProvider.System));

            Assert.Contains($":{property} is set by the pipeline", refused.Message, StringComparison.Ordinal);
        }
    }

    [KafkaClientFact]
    public void Properties_that_do_not_fit_together_are_refused_at_the_start_in_the_words_of_the_client()
    {
        var options = new KafkaBufferOptions
        {
            BootstrapServers = "127.0.0.1:1",
            Producer = { ["max.in.flight.requests.per.connection"] = "10" },
            Consumer = { ["max.poll.interval.ms"] = "10000" },
        };

        var refused = Assert.Throws<KafkaConfigurationException>(() => new KafkaEventLog(options, TimeProvider.System));

        Assert.Contains("Kafka producer: `max.in.flight`", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka consumer: `max.poll.interval.ms`", refused.Message, StringComparison.Ordinal);
    }

    [KafkaClientFact]
    public void Options_out_of_range_are_refused_with_their_limits()
    {
        var options = new KafkaBufferOptions { BootstrapServers = "127.0.0.1:1", Topic = " ", Linger = TimeSpan.FromSeconds(9), MaxMessageBytes = 1, MaxQueuedBytes = 0 };

        var refused = Assert.Throws<KafkaConfigurationException>(() => new KafkaEventLog(options, TimeProvider.System));

        foreach (var name in new[] { "Kafka:Topic is empty", "Kafka:Linger is 00:00:09", "Kafka:MaxMessageBytes is 1", "Kafka:MaxQueuedBytes is 0" })
        {
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        }
    }

    [KafkaClientFact]
    public async Task What_an_operator_needs_can_be_set()
    {
        var options = new KafkaBufferOptions
        {
            BootstrapServers = "127.0.0.1:1",
            Common = { ["client.id"] = "pipeline", ["socket.timeout.ms"] = "10000" },
            Producer = { ["compression.type"] = "none" },
            Consumer = { ["fetch.wait.max.ms"] = "100" },
        };

        await using var log = new KafkaEventLog(options, TimeProvider.System);

        Assert.Equal("none", KafkaProperties.ForProducer(options)["compression.type"]);
        Assert.Equal("all", KafkaProperties.ForProducer(options)["acks"]);
        Assert.Equal("100", KafkaProperties.ForConsumer(options, new ReaderOptions("g", "a"))["fetch.wait.max.ms"]);
    }
}
