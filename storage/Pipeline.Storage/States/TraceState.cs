using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.States;

/// <summary>What is known of one trace.</summary>
/// <remarks>Merging is field by field; see <see cref="Register{T}"/>. Not thread-safe: a state belongs to the batch that folds it.</remarks>
public sealed class TraceState
{
    /// <summary>Starts an empty state.</summary>
    public TraceState(TraceKey key, long createdAtMicros)
    {
        Key = key;
        CreatedAtMicros = createdAtMicros;
    }

    /// <summary>Identity.</summary>
    public TraceKey Key { get; }

    /// <summary>Earliest received-at of all events, in microseconds since the epoch; a plain minimum. Its day is the partition.</summary>
    public long CreatedAtMicros { get; private set; }

    /// <summary>Start, microseconds since the epoch; first writer wins.</summary>
    public Register<long> Timestamp { get; set; }

    /// <summary>Name.</summary>
    public Register<Utf8Text> Name { get; set; }

    /// <summary>User.</summary>
    public Register<Utf8Text> UserId { get; set; }

    /// <summary>Session.</summary>
    public Register<Utf8Text> SessionId { get; set; }

    /// <summary>Environment; first writer wins.</summary>
    public Register<Utf8Text> Environment { get; set; }

    /// <summary>Release.</summary>
    public Register<Utf8Text> Release { get; set; }

    /// <summary>The caller's version of the application.</summary>
    public Register<Utf8Text> AppVersion { get; set; }

    /// <summary>Whether the trace may be shared by link.</summary>
    public Register<bool> IsPublic { get; set; }

    /// <summary>Input: a string as it is, anything else as JSON text.</summary>
    public Register<Utf8Text> Input { get; set; }

    /// <summary>Output, likewise.</summary>
    public Register<Utf8Text> Output { get; set; }

    /// <summary>Tags, a set union.</summary>
    public HashSet<Utf8Text> Tags { get; } = [];

    /// <summary>Metadata, merged key by key.</summary>
    public MetadataEntries Metadata { get; } = new();

    /// <summary>Merges another state of the same entity into this one.</summary>
    public void MergeFrom(TraceState other)
    {
        CreatedAtMicros = Math.Min(CreatedAtMicros, other.CreatedAtMicros);
        Timestamp = Register<long>.Max(Timestamp, other.Timestamp);
        Name = Register<Utf8Text>.Max(Name, other.Name);
        UserId = Register<Utf8Text>.Max(UserId, other.UserId);
        SessionId = Register<Utf8Text>.Max(SessionId, other.SessionId);
        Environment = Register<Utf8Text>.Max(Environment, other.Environment);
        Release = Register<Utf8Text>.Max(Release, other.Release);
        AppVersion = Register<Utf8Text>.Max(AppVersion, other.AppVersion);
        IsPublic = Register<bool>.Max(IsPublic, other.IsPublic);
        Input = Register<Utf8Text>.Max(Input, other.Input);
        Output = Register<Utf8Text>.Max(Output, other.Output);
        Tags.UnionWith(other.Tags);
        Metadata.MergeFrom(other.Metadata);
    }
}
