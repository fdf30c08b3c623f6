using Confluent.Kafka;
using Pipeline.Testing.Time;

namespace Pipeline.Buffer.Kafka.Tests;

/// <summary>The replacement of a producer that failed for good.</summary>
public sealed class KafkaAppenderTests : IAsyncDisposable
{
    private static readonly Error Fatal = new(ErrorCode.OutOfOrderSequenceNumber, "scripted", isFatal: true);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly List<FakeProducer> _built = [];
    private readonly KafkaAppender _appender;
    private Exception? _buildFailure;

    public KafkaAppenderTests() => _appender = new KafkaAppender(new KafkaBufferOptions { Topic = "t" }, _clock, note =>
    {
        if (_buildFailure is { } failure)
        {
            throw failure;
        }

        var (producer, fake) = FakeProducer.Create(note);
        _built.Add(fake);
        return producer;
    });

    public ValueTask DisposeAsync() => _appender.DisposeAsync();

    [Fact]
    public async Task A_late_error_of_a_replaced_producer_does_not_concern_the_next()
    {
        Assert.Equal(AppendOutcome.Appended, await AppendAsync());
        _clock.Advance(Second);
        _built[0].Note(Fatal);
        Assert.Equal(AppendOutcome.Appended, await AppendAsync());
        _clock.Advance(Second);
        _built[0].Note(Fatal);

        Assert.Equal(AppendOutcome.Appended, await AppendAsync());

        Assert.Equal(2, _built.Count);
    }

    [Fact]
    public async Task A_refusal_for_good_replaces_the_producer_at_most_once_a_second()
    {
        await AppendAsync();
        for (var i = 0; i < 3; i++)
        {
            _built[^1].Refusal = new ProduceException<byte[], byte[]>(Fatal, new DeliveryResult<byte[], byte[]>());
            Assert.Equal(AppendOutcome.Unavailable, await AppendAsync());
            Assert.Equal(AppendOutcome.Unavailable, await AppendAsync());
            _clock.Advance(Second);
            Assert.Equal(AppendOutcome.Appended, await AppendAsync());
        }

        Assert.Equal(4, _built.Count);
        await _appender.DisposeAsync();
        Assert.All(_built, producer => Assert.Equal(["Flush", "Dispose"], producer.Calls[^2..]));
    }

    [Fact]
    public async Task Whatever_the_client_throws_at_a_message_is_an_outcome()
    {
        await AppendAsync();
        foreach (var (refusal, outcome) in new (Exception, AppendOutcome)[]
        {
            (new KafkaException(new Error(ErrorCode.Local_State, "scripted")), AppendOutcome.Unavailable),
            (new ObjectDisposedException("producer"), AppendOutcome.Unavailable),
            (new ProduceException<byte[], byte[]>(new Error(ErrorCode.Local_QueueFull, "scripted"), new DeliveryResult<byte[], byte[]>()), AppendOutcome.Busy),
            (new ProduceException<byte[], byte[]>(new Error(ErrorCode.MsgSizeTooLarge, "scripted"), new DeliveryResult<byte[], byte[]>()), AppendOutcome.TooLarge),
        })
        {
            _built[0].Refusal = refusal;
            Assert.Equal(outcome, await AppendAsync());
        }

        _built[0].Refusal = null;
        Assert.Equal(AppendOutcome.Appended, await AppendAsync());
        Assert.Single(_built);
    }

    [Fact]
    public async Task A_producer_that_cannot_be_built_is_unavailable_until_it_can()
    {
        _buildFailure = new InvalidOperationException("no such file");
        Assert.Equal(AppendOutcome.Unavailable, await AppendAsync());
        _buildFailure = null;
        Assert.Equal(AppendOutcome.Unavailable, await AppendAsync());
        _clock.Advance(Second);
        Assert.Equal(AppendOutcome.Appended, await AppendAsync());
    }

    [Fact]
    public async Task After_the_end_nothing_is_built_any_more()
    {
        await AppendAsync();
        await _appender.DisposeAsync();
        _built[0].Refusal = new ObjectDisposedException("producer");
        _built[0].Note(Fatal);
        _clock.Advance(Second);

        Assert.Equal(AppendOutcome.Unavailable, await AppendAsync());

        Assert.Single(_built);
    }

    private async Task<AppendOutcome> AppendAsync() => (await _appender.AppendAsync(0, "k", default, [1], CancellationToken.None)).Outcome;
}
