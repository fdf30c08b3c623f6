using Pipeline.Buffer;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Converting;

/// <summary>What all steps of one record's conversion share. Not thread-safe; used again for every record.</summary>
internal sealed class ConversionContext
{
    private BufferRecord _record = null!;
    private BufferedRecord _source = null!;

    internal string ProjectName { get; private set; } = "";

    internal Utf8Text ProjectId { get; private set; }

    internal long ReceivedAtMicros { get; private set; }

    internal ReadOnlyMemory<byte> Payload => _record.Payload;

    internal IStateSink Sink { get; private set; } = null!;

    /// <summary>Position of the event or span at hand; -1 while what the whole record says is given out.</summary>
    internal int Position { get; set; }

    internal TextArena Arena { get; } = new();

    /// <summary>Scratch for JSON text; whoever uses it clears it first and copies the result before anyone else is called.</summary>
    internal JsonBuffer Json { get; } = new();

    /// <summary>Scratch for one OTLP value, so that a value can be put into text while <see cref="Json"/> is being written.</summary>
    internal JsonBuffer ValueJson { get; } = new();

    /// <summary>Scratch for the counts of the observation at hand.</summary>
    internal UsageSum Usage { get; } = new();

    /// <summary>Scratch for its costs.</summary>
    internal CostSum Cost { get; } = new();

    internal ReceiptHashes Hashes { get; } = new();

    internal TraceFold Traces { get; } = new();

    internal void Begin(BufferRecord record, BufferedRecord source, IStateSink sink)
    {
        _record = record;
        _source = source;
        Sink = sink;
        ReceivedAtMicros = record.ReceivedAtMicros;
        Hashes.Clear();
        if (!string.Equals(ProjectName, record.ProjectId, StringComparison.Ordinal))
        {
            ProjectName = record.ProjectId;
            ProjectId = Utf8Text.From(record.ProjectId);
        }
    }

    internal void Reject(int position, string reason, string detail) => Sink.Reject(
        new RejectedEvent(
            _record.RecordId,
            _record.ProjectId,
            _source.Topic,
            _source.Partition,
            _source.Offset,
            position,
            reason,
            detail));
}
