using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>An event type of the contract (1.4).</summary>
/// <param name="Kind">Shape of the body.</param>
/// <param name="IsUpdate">Whether it is answered behind all that are not (1.9).</param>
internal readonly record struct EventType(BodyKind Kind, bool IsUpdate)
{
    private static readonly (string Name, EventType Type)[] Known =
    [
        ("trace-create", new(BodyKind.Trace, false)),
        ("score-create", new(BodyKind.Score, false)),
        ("event-create", new(BodyKind.Event, false)),
        ("span-create", new(BodyKind.Span, false)),
        ("span-update", new(BodyKind.Span, true)),
        ("generation-create", new(BodyKind.Generation, false)),
        ("generation-update", new(BodyKind.Generation, true)),
        ("agent-create", new(BodyKind.Generation, false)),
        ("tool-create", new(BodyKind.Generation, false)),
        ("chain-create", new(BodyKind.Generation, false)),
        ("retriever-create", new(BodyKind.Generation, false)),
        ("evaluator-create", new(BodyKind.Generation, false)),
        ("embedding-create", new(BodyKind.Generation, false)),
        ("guardrail-create", new(BodyKind.Generation, false)),
        ("observation-create", new(BodyKind.LegacyObservation, false)),
        ("observation-update", new(BodyKind.LegacyObservation, true)),
        ("sdk-log", new(BodyKind.SdkLog, false)),
        ("dataset-run-item-create", new(BodyKind.DatasetRunItem, false)),
    ];

    private static readonly Utf8KeyTable Table = new(Known.Select((known, index) => (known.Name, index)));

    /// <summary>Whether a public key alone may send it.</summary>
    internal bool IsOpenToPublicKey => Kind is BodyKind.Score or BodyKind.SdkLog;

    internal static bool TryFind(ReadOnlySpan<byte> name, out EventType type)
    {
        var index = Table.Find(name);
        type = index < 0 ? default : Known[index].Type;
        return index >= 0;
    }
}
