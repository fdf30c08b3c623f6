using Pipeline.Schemas;
using Pipeline.Schemas.Ids;

namespace Pipeline.Consumers.Converting;

/// <summary>Collects the id hashes of one record's receipt.</summary>
/// <remarks>Not thread-safe; used again for every record.</remarks>
internal sealed class ReceiptHashes
{
    private readonly List<ulong> _events = [];
    private readonly HashSet<ulong> _entities = [];
    private readonly HashSet<ulong> _traces = [];

    internal void Clear()
    {
        _events.Clear();
        _entities.Clear();
        _traces.Clear();
    }

    internal void AddEvent(in Utf8Text id) => _events.Add(XxHash64.Hash(id.Span));

    internal void AddEntity(in Utf8Text id) => _entities.Add(XxHash64.Hash(id.Span));

    internal void AddTrace(in Utf8Text id) => _traces.Add(XxHash64.Hash(id.Span));

    internal ConversionResult ToResult(int stored, int failed) => new(stored, failed, [.. _events], [.. _entities], [.. _traces]);
}
