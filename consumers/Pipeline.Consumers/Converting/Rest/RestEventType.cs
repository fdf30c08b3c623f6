using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>What an event type of the ingestion contract means.</summary>
/// <param name="Kind">Converter.</param>
/// <param name="ObservationType">Type of the observation; empty unless the kind is <see cref="RestEventKind.Observation"/>.</param>
/// <param name="IsUpdate">Whether the event changes an entity that another one created.</param>
internal readonly record struct RestEventType(RestEventKind Kind, Utf8Text ObservationType, bool IsUpdate)
{
    private static readonly (string Name, RestEventType Type)[] Known =
    [
        ("trace-create", new(RestEventKind.Trace, default, false)),
        ("score-create", new(RestEventKind.Score, default, false)),
        ("event-create", Create(ObservationTypes.Event)),
        ("span-create", Create(ObservationTypes.Span)),
        ("span-update", Update(ObservationTypes.Span)),
        ("generation-create", Create(ObservationTypes.Generation)),
        ("generation-update", Update(ObservationTypes.Generation)),
        ("agent-create", Create(ObservationTypes.Agent)),
        ("tool-create", Create(ObservationTypes.Tool)),
        ("chain-create", Create(ObservationTypes.Chain)),
        ("retriever-create", Create(ObservationTypes.Retriever)),
        ("evaluator-create", Create(ObservationTypes.Evaluator)),
        ("embedding-create", Create(ObservationTypes.Embedding)),
        ("guardrail-create", Create(ObservationTypes.Guardrail)),
        ("observation-create", new(RestEventKind.LegacyObservation, default, false)),
        ("observation-update", new(RestEventKind.LegacyObservation, default, true)),
        ("sdk-log", new(RestEventKind.ClientLog, default, false)),
    ];

    private static readonly Utf8KeyTable Table = new(Known.Select((known, index) => (known.Name, index)));

    internal static bool TryFind(ReadOnlySpan<byte> name, out RestEventType type)
    {
        var index = Table.Find(name);
        type = index < 0 ? default : Known[index].Type;
        return index >= 0;
    }

    private static RestEventType Create(Utf8Text type) => new(RestEventKind.Observation, type, false);

    private static RestEventType Update(Utf8Text type) => new(RestEventKind.Observation, type, true);
}
