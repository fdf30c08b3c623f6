using Pipeline.Schemas.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>The fields of one kind of body (contract 1.5, 1.7); fields that are not listed are dropped silently, as upstream does.</summary>
internal sealed class BodySchema
{
    private static readonly (string Name, FieldRule Rule)[] EventFields =
    [
        ("id", FieldRule.RequiredId), ("traceId", FieldRule.Id), ("name", FieldRule.Text), ("startTime", FieldRule.Time),
        ("metadata", FieldRule.Metadata), ("input", FieldRule.Any), ("output", FieldRule.Any), ("level", FieldRule.Level),
        ("statusMessage", FieldRule.Text), ("parentObservationId", FieldRule.Text), ("version", FieldRule.Text),
    ];

    private static readonly (string Name, FieldRule Rule)[] SpanFields = [.. EventFields, ("endTime", FieldRule.Time)];

    private static readonly BodySchema[] Schemas = Create();

    private readonly (string Name, FieldRule Rule)[] _fields;
    private readonly BodyField[] _roles;
    private readonly Utf8KeyTable _table;

    private BodySchema((string Name, FieldRule Rule)[] fields)
    {
        _fields = fields;
        _roles = [.. fields.Select(field => Enum.TryParse<BodyField>(field.Name, ignoreCase: true, out var role) ? role : BodyField.Other)];
        _table = new Utf8KeyTable(fields.Select((field, index) => (field.Name, index)));
    }

    internal static BodySchema Of(BodyKind kind) => Schemas[(int)kind];

    internal bool TryFind(ReadOnlySpan<byte> name, out string field, out FieldRule rule, out BodyField role)
    {
        var index = _table.Find(name);
        (field, rule, role) = index < 0 ? ("", FieldRule.Any, BodyField.Other) : (_fields[index].Name, _fields[index].Rule, _roles[index]);
        return index >= 0;
    }

    private static BodySchema[] Create()
    {
        var schemas = new BodySchema[Enum.GetValues<BodyKind>().Length];
        schemas[(int)BodyKind.Event] = new(EventFields);
        schemas[(int)BodyKind.Span] = new(SpanFields);
        schemas[(int)BodyKind.Generation] = new(
        [
            .. SpanFields, ("completionStartTime", FieldRule.Time), ("model", FieldRule.Text), ("modelParameters", FieldRule.ModelParameters),
            ("usage", FieldRule.Usage), ("usageDetails", FieldRule.UsageDetails), ("costDetails", FieldRule.CostDetails),
            ("promptName", FieldRule.Text), ("promptVersion", FieldRule.Integer),
        ]);
        schemas[(int)BodyKind.LegacyObservation] = new(
        [
            ("id", FieldRule.Id), ("traceId", FieldRule.Id), ("type", FieldRule.LegacyType), ("name", FieldRule.Text), ("startTime", FieldRule.Time),
            ("endTime", FieldRule.Time), ("completionStartTime", FieldRule.Time), ("model", FieldRule.Text),
            ("modelParameters", FieldRule.LegacyModelParameters), ("input", FieldRule.Any), ("output", FieldRule.Any), ("usage", FieldRule.Usage),
            ("usageDetails", FieldRule.UsageDetails), ("costDetails", FieldRule.CostDetails), ("metadata", FieldRule.Metadata),
            ("parentObservationId", FieldRule.Text), ("level", FieldRule.Level), ("statusMessage", FieldRule.Text), ("version", FieldRule.Text),
        ]);
        schemas[(int)BodyKind.Trace] = new(
        [
            ("id", FieldRule.Id), ("timestamp", FieldRule.Time), ("name", FieldRule.TraceName), ("externalId", FieldRule.Text), ("input", FieldRule.Any),
            ("output", FieldRule.Any), ("sessionId", FieldRule.Text), ("userId", FieldRule.Text), ("metadata", FieldRule.Metadata),
            ("release", FieldRule.Text), ("version", FieldRule.Text), ("public", FieldRule.Bool), ("tags", FieldRule.Tags),
        ]);
        schemas[(int)BodyKind.Score] = new(
        [
            ("id", FieldRule.Id), ("name", FieldRule.RequiredText), ("traceId", FieldRule.ScoreTarget), ("sessionId", FieldRule.ScoreTarget),
            ("datasetRunId", FieldRule.ScoreTarget), ("observationId", FieldRule.Text), ("comment", FieldRule.Text), ("metadata", FieldRule.Metadata), ("source", FieldRule.ScoreSource),
            ("configId", FieldRule.Text), ("dataType", FieldRule.ScoreType), ("value", FieldRule.ScoreValue), ("executionTraceId", FieldRule.Text),
            ("queueId", FieldRule.Text),
        ]);
        schemas[(int)BodyKind.SdkLog] = new([("log", FieldRule.Any), ("id", FieldRule.Id)]);
        schemas[(int)BodyKind.DatasetRunItem] = new([]);
        return schemas;
    }
}
