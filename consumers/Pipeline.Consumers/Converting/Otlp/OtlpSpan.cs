using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>One span as read from the wire, with what all mappers need. Not thread-safe; read into again for every span.</summary>
internal sealed class OtlpSpan
{
    internal OtlpSpan(ConversionContext context, OtlpResource resource, OtlpScope scope)
    {
        Context = context;
        Resource = resource;
        Scope = scope;
    }

    internal ConversionContext Context { get; }

    internal OtlpResource Resource { get; }

    internal OtlpScope Scope { get; }

    internal SpanAttributes Attributes { get; } = new();

    /// <summary>The span's Event messages.</summary>
    internal List<ReadOnlyMemory<byte>> Events { get; } = [];

    internal Utf8Text TraceId { get; set; }

    internal Utf8Text Id { get; set; }

    /// <summary>Parent span; empty for a root.</summary>
    internal Utf8Text ParentId { get; set; }

    internal Utf8Text Name { get; set; }

    internal long StartMicros { get; set; }

    /// <summary>Whether the span had neither start nor end, so that both are its time of receipt.</summary>
    internal bool IsTimeless { get; set; }

    internal long EndMicros { get; set; }

    internal int StatusCode { get; set; }

    internal Utf8Text StatusMessage { get; set; }

    internal bool IsRoot => ParentId.IsEmpty;

    /// <summary>Version of what the span says of itself, and of what its attributes say of the trace.</summary>
    internal ulong Caller { get; private set; }

    /// <summary>Version of what the trace takes over from its root span.</summary>
    internal ulong Derived { get; private set; }

    /// <summary>Version of what stands in until someone says better.</summary>
    internal ulong Shallow { get; private set; }

    internal void Clear()
    {
        Attributes.Clear();
        Events.Clear();
        TraceId = default;
        Id = default;
        ParentId = default;
        Name = default;
        StartMicros = 0;
        IsTimeless = false;
        EndMicros = 0;
        StatusCode = 0;
        StatusMessage = default;
    }

    /// <summary>Composes the versions once the times are known: a span speaks when it ends.</summary>
    internal void ComposeVersions()
    {
        var time = FieldVersion.Clamp(EndMicros, Context.ReceivedAtMicros);
        Caller = FieldVersion.LastWins(SourceRank.Caller, time, isUpdate: false);
        Derived = FieldVersion.LastWins(SourceRank.DerivedFromRoot, time, isUpdate: false);
        Shallow = FieldVersion.LastWins(SourceRank.Shallow, time, isUpdate: false);
    }

    /// <summary>Version of a field that its first writer decides.</summary>
    internal ulong First(SourceRank rank) => FieldVersion.FirstWins(rank, FieldVersion.Clamp(StartMicros, Context.ReceivedAtMicros));
}
