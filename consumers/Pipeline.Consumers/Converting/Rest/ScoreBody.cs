using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Converts a score event; its configuration, if it names one, is not checked here (docs/gaps.md).</summary>
internal static class ScoreBody
{
    private static readonly Utf8Text Numeric = Utf8Text.From("NUMERIC");
    private static readonly Utf8Text Categorical = Utf8Text.From("CATEGORICAL");
    private static readonly Utf8Text Boolean = Utf8Text.From("BOOLEAN");
    private static readonly Utf8Text Correction = Utf8Text.From("CORRECTION");
    private static readonly Utf8Text Api = Utf8Text.From("API");
    private static readonly Utf8Text True = Utf8Text.From("True");
    private static readonly Utf8Text False = Utf8Text.From("False");

    internal static void Convert(ConversionContext context, in RestEvent source)
    {
        var body = source.Body;
        if (!body.TryText(BodyField.Id, out var id))
        {
            id = Utf8Text.From(DerivedIds.ForEvent(context.ProjectName, source.Id.ToString()));
        }

        var score = new ScoreState(new ScoreKey(context.ProjectId, id), context.ReceivedAtMicros)
        {
            Timestamp = Register<long>.Of(source.FirstCaller, source.TimestampMicros),
            Environment = source.Environment(context),
            Name = source.Kept(context, BodyField.Name),
            ObservationId = source.Kept(context, BodyField.ObservationId),
            SessionId = source.Kept(context, BodyField.SessionId),
            DatasetRunId = source.Kept(context, BodyField.DatasetRunId),
            Comment = source.Kept(context, BodyField.Comment),
            ConfigId = source.Kept(context, BodyField.ConfigId),
            QueueId = source.Kept(context, BodyField.QueueId),
            ExecutionTraceId = source.Kept(context, BodyField.ExecutionTraceId),
            Source = body.TryText(BodyField.Source, out var origin)
                ? Register<Utf8Text>.Of(source.Caller, origin)
                : Register<Utf8Text>.Of(source.Shallow, Api),
        };
        if (body.TryText(BodyField.TraceId, out var traceId))
        {
            score.TraceId = Register<Utf8Text>.Of(source.FirstCaller, traceId);
            context.Hashes.AddTrace(traceId);
        }

        SetValue(context, source, score);
        MetadataBody.Write(context, source, score.Metadata);
        context.Hashes.AddEntity(id);
        context.Sink.Add(score);
    }

    private static void SetValue(ConversionContext context, in RestEvent source, ScoreState score)
    {
        var value = source.Body[BodyField.Value];
        if (!source.Body.TryText(BodyField.DataType, out var type))
        {
            type = value.IsString ? Categorical : Numeric;
        }

        // All values are set, so that a score sent again with another data type keeps nothing of the first.
        score.DataType = Register<Utf8Text>.Of(source.Caller, type);
        if (type == Numeric || type == Boolean)
        {
            var number = NumberOf(value);
            score.Value = Register<double>.Of(source.Caller, number);
            score.StringValue = type == Boolean
                ? Register<Utf8Text>.Of(source.Caller, number != 0 ? True : False)
                : Register<Utf8Text>.Null(source.Caller);
            score.LongStringValue = Register<Utf8Text>.Null(source.Caller);
            return;
        }

        var text = Register<Utf8Text>.Of(source.Caller, value.IsSet ? value.ToText(context.Arena) : Utf8Text.Empty);
        score.Value = Register<double>.Null(source.Caller);
        score.StringValue = type == Correction ? Register<Utf8Text>.Null(source.Caller) : text;
        score.LongStringValue = type == Correction ? text : Register<Utf8Text>.Null(source.Caller);
    }

    private static double NumberOf(in JsonValue value) => value.Kind switch
    {
        JsonTokenType.True => 1,
        JsonTokenType.False => 0,
        JsonTokenType.Number when JsonNumbers.TryNumber(value.Bytes.Span, out var number) => number,
        _ => throw new InvalidFieldException(BodyField.Value),
    };
}
