using Pipeline.Schemas;
using Pipeline.Storage.Merging;

namespace Pipeline.Storage.States;

/// <summary>What is known of one observation: a span, generation, event or one of their kin.</summary>
/// <remarks>Merging is field by field; see <see cref="Register{T}"/>. Not thread-safe: a state belongs to the batch that folds it.</remarks>
public sealed class ObservationState
{
    /// <summary>Starts an empty state.</summary>
    public ObservationState(ObservationKey key, long createdAtMicros)
    {
        Key = key;
        CreatedAtMicros = createdAtMicros;
    }

    /// <summary>Identity.</summary>
    public ObservationKey Key { get; }

    /// <summary>Earliest received-at of all events, in microseconds since the epoch; a plain minimum. Its day is the partition.</summary>
    public long CreatedAtMicros { get; private set; }

    /// <summary>SPAN, GENERATION, EVENT, AGENT, TOOL, CHAIN, RETRIEVER, EVALUATOR, EMBEDDING or GUARDRAIL.</summary>
    public Register<Utf8Text> Type { get; set; }

    /// <summary>Name.</summary>
    public Register<Utf8Text> Name { get; set; }

    /// <summary>Start, microseconds since the epoch; first writer wins.</summary>
    public Register<long> StartTime { get; set; }

    /// <summary>End, microseconds since the epoch.</summary>
    public Register<long> EndTime { get; set; }

    /// <summary>First token, microseconds since the epoch.</summary>
    public Register<long> CompletionStartTime { get; set; }

    /// <summary>Parent observation.</summary>
    public Register<Utf8Text> ParentObservationId { get; set; }

    /// <summary>Environment; first writer wins.</summary>
    public Register<Utf8Text> Environment { get; set; }

    /// <summary>DEBUG, DEFAULT, WARNING or ERROR.</summary>
    public Register<Utf8Text> Level { get; set; }

    /// <summary>Status message.</summary>
    public Register<Utf8Text> StatusMessage { get; set; }

    /// <summary>The caller's version of the application.</summary>
    public Register<Utf8Text> AppVersion { get; set; }

    /// <summary>Input: a string as it is, anything else as JSON text.</summary>
    public Register<Utf8Text> Input { get; set; }

    /// <summary>Output, likewise.</summary>
    public Register<Utf8Text> Output { get; set; }

    /// <summary>Model name as the caller gave it.</summary>
    public Register<Utf8Text> Model { get; set; }

    /// <summary>Model parameters as JSON text.</summary>
    public Register<Utf8Text> ModelParameters { get; set; }

    /// <summary>Prompt name and version.</summary>
    public Register<PromptLink> Prompt { get; set; }

    /// <summary>Usage by type with its total.</summary>
    public Register<UsageMap> UsageDetails { get; set; }

    /// <summary>Cost by type with its total, as the caller gave it.</summary>
    public Register<CostMap> CostDetails { get; set; }

    /// <summary>Metadata, merged key by key.</summary>
    public MetadataEntries Metadata { get; } = new();

    /// <summary>Merges another state of the same entity into this one.</summary>
    public void MergeFrom(ObservationState other)
    {
        CreatedAtMicros = Math.Min(CreatedAtMicros, other.CreatedAtMicros);
        Type = Register<Utf8Text>.Max(Type, other.Type);
        Name = Register<Utf8Text>.Max(Name, other.Name);
        StartTime = Register<long>.Max(StartTime, other.StartTime);
        EndTime = Register<long>.Max(EndTime, other.EndTime);
        CompletionStartTime = Register<long>.Max(CompletionStartTime, other.CompletionStartTime);
        ParentObservationId = Register<Utf8Text>.Max(ParentObservationId, other.ParentObservationId);
        Environment = Register<Utf8Text>.Max(Environment, other.Environment);
        Level = Register<Utf8Text>.Max(Level, other.Level);
        StatusMessage = Register<Utf8Text>.Max(StatusMessage, other.StatusMessage);
        AppVersion = Register<Utf8Text>.Max(AppVersion, other.AppVersion);
        Input = Register<Utf8Text>.Max(Input, other.Input);
        Output = Register<Utf8Text>.Max(Output, other.Output);
        Model = Register<Utf8Text>.Max(Model, other.Model);
        ModelParameters = Register<Utf8Text>.Max(ModelParameters, other.ModelParameters);
        Prompt = Register<PromptLink>.Max(Prompt, other.Prompt);
        UsageDetails = Register<UsageMap>.Max(UsageDetails, other.UsageDetails);
        CostDetails = Register<CostMap>.Max(CostDetails, other.CostDetails);
        Metadata.MergeFrom(other.Metadata);
    }
}
