using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.States;

/// <summary>What is known of one score.</summary>
/// <remarks>Merging is field by field; see <see cref="Register{T}"/>. Not thread-safe: a state belongs to the batch that folds it.</remarks>
public sealed class ScoreState
{
    /// <summary>Starts an empty state.</summary>
    public ScoreState(ScoreKey key, long createdAtMicros)
    {
        Key = key;
        CreatedAtMicros = createdAtMicros;
    }

    /// <summary>Identity.</summary>
    public ScoreKey Key { get; }

    /// <summary>Earliest received-at of all events, in microseconds since the epoch; a plain minimum. Its day is the partition.</summary>
    public long CreatedAtMicros { get; private set; }

    /// <summary>Time of the score, microseconds since the epoch; first writer wins.</summary>
    public Register<long> Timestamp { get; set; }

    /// <summary>Scored trace; first writer wins.</summary>
    public Register<Utf8Text> TraceId { get; set; }

    /// <summary>Scored observation of the trace.</summary>
    public Register<Utf8Text> ObservationId { get; set; }

    /// <summary>Scored session.</summary>
    public Register<Utf8Text> SessionId { get; set; }

    /// <summary>Scored dataset run.</summary>
    public Register<Utf8Text> DatasetRunId { get; set; }

    /// <summary>Name.</summary>
    public Register<Utf8Text> Name { get; set; }

    /// <summary>Environment; first writer wins.</summary>
    public Register<Utf8Text> Environment { get; set; }

    /// <summary>API, EVAL or ANNOTATION.</summary>
    public Register<Utf8Text> Source { get; set; }

    /// <summary>NUMERIC, CATEGORICAL, BOOLEAN, TEXT or CORRECTION.</summary>
    public Register<Utf8Text> DataType { get; set; }

    /// <summary>Number; null for text and corrections.</summary>
    public Register<double> Value { get; set; }

    /// <summary>Category, text, or True and False.</summary>
    public Register<Utf8Text> StringValue { get; set; }

    /// <summary>Corrected text.</summary>
    public Register<Utf8Text> LongStringValue { get; set; }

    /// <summary>Comment.</summary>
    public Register<Utf8Text> Comment { get; set; }

    /// <summary>Score configuration.</summary>
    public Register<Utf8Text> ConfigId { get; set; }

    /// <summary>Annotation queue.</summary>
    public Register<Utf8Text> QueueId { get; set; }

    /// <summary>Trace of the evaluation itself.</summary>
    public Register<Utf8Text> ExecutionTraceId { get; set; }

    /// <summary>Metadata, merged key by key.</summary>
    public MetadataEntries Metadata { get; } = new();

    /// <summary>Merges another state of the same entity into this one.</summary>
    public void MergeFrom(ScoreState other)
    {
        CreatedAtMicros = Math.Min(CreatedAtMicros, other.CreatedAtMicros);
        Timestamp = Register<long>.Max(Timestamp, other.Timestamp);
        TraceId = Register<Utf8Text>.Max(TraceId, other.TraceId);
        ObservationId = Register<Utf8Text>.Max(ObservationId, other.ObservationId);
        SessionId = Register<Utf8Text>.Max(SessionId, other.SessionId);
        DatasetRunId = Register<Utf8Text>.Max(DatasetRunId, other.DatasetRunId);
        Name = Register<Utf8Text>.Max(Name, other.Name);
        Environment = Register<Utf8Text>.Max(Environment, other.Environment);
        Source = Register<Utf8Text>.Max(Source, other.Source);
        DataType = Register<Utf8Text>.Max(DataType, other.DataType);
        Value = Register<double>.Max(Value, other.Value);
        StringValue = Register<Utf8Text>.Max(StringValue, other.StringValue);
        LongStringValue = Register<Utf8Text>.Max(LongStringValue, other.LongStringValue);
        Comment = Register<Utf8Text>.Max(Comment, other.Comment);
        ConfigId = Register<Utf8Text>.Max(ConfigId, other.ConfigId);
        QueueId = Register<Utf8Text>.Max(QueueId, other.QueueId);
        ExecutionTraceId = Register<Utf8Text>.Max(ExecutionTraceId, other.ExecutionTraceId);
        Metadata.MergeFrom(other.Metadata);
    }
}
