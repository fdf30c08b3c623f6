using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Converts events, spans, generations and their kin, creates and updates alike.</summary>
internal static class ObservationBody
{
    internal static void Convert(ConversionContext context, in RestEvent source, in Utf8Text type)
    {
        var body = source.Body;
        var startTime = body.Time(BodyField.StartTime);
        var endTime = body.Time(BodyField.EndTime);
        var completionStartTime = body.Time(BodyField.CompletionStartTime);
        var (usage, cost) = UsageRules.Read(context, body);

        if (!body.TryText(BodyField.Id, out var id))
        {
            id = Utf8Text.From(DerivedIds.ForEvent(context.ProjectName, source.Id.ToString()));
        }

        if (!body.TryText(BodyField.TraceId, out var traceId))
        {
            traceId = Utf8Text.From(DerivedIds.ForTraceOf(context.ProjectName, id.ToString()));
        }

        var observation = new ObservationState(new ObservationKey(context.ProjectId, traceId, id), context.ReceivedAtMicros)
        {
            Type = Register<Utf8Text>.Of(source.Caller, type),
            Name = source.Clearable(context, BodyField.Name),
            StartTime = startTime is { } given
                ? Register<long>.Of(source.FirstCaller, given)
                : Register<long>.Of(source.FirstShallow, source.TimestampMicros),
            EndTime = Kept(source, endTime),
            CompletionStartTime = Kept(source, completionStartTime),
            ParentObservationId = source.Kept(context, BodyField.ParentObservationId),
            Environment = source.Environment(context),
            Level = LevelOf(context, source),
            StatusMessage = source.Kept(context, BodyField.StatusMessage),
            AppVersion = source.Kept(context, BodyField.Version),
            Input = source.Content(context, BodyField.Input),
            Output = source.Content(context, BodyField.Output),
            Model = source.Clearable(context, BodyField.Model),
            ModelParameters = body[BodyField.ModelParameters].IsEmptyContainer ? default : source.Kept(context, BodyField.ModelParameters),
            Prompt = PromptOf(source, body),
        };
        if (usage.Entries.Length > 0)
        {
            observation.UsageDetails = Register<UsageMap>.Of(source.Caller, usage);
        }

        if (cost.Entries.Length > 0)
        {
            observation.CostDetails = Register<CostMap>.Of(source.Caller, cost);
        }

        MetadataBody.Write(context, source, observation.Metadata);
        context.Hashes.AddEntity(id);
        ImplyTrace(context, source, observation);
        context.Sink.Add(observation);
    }

    // Upstream makes no trace for an observation; an observation without one is invisible until someone guesses its id.
    private static void ImplyTrace(ConversionContext context, in RestEvent source, ObservationState observation)
    {
        var trace = context.Traces.Get(context, observation.Key.TraceId);
        var start = observation.StartTime.Value;
        var implied = Register<long>.Of(FieldVersion.FirstWins(SourceRank.Shallow, start), start);
        trace.Timestamp = Register<long>.Max(trace.Timestamp, implied);
        var environment = Register<Utf8Text>.Of(source.FirstShallow, observation.Environment.Value);
        trace.Environment = Register<Utf8Text>.Max(trace.Environment, environment);
    }

    private static Register<long> Kept(in RestEvent source, long? time) =>
        time is { } given ? Register<long>.Of(source.Caller, given) : default;

    private static Register<Utf8Text> LevelOf(ConversionContext context, in RestEvent source)
    {
        var level = source.Body[BodyField.Level];
        if (level.IsAbsent)
        {
            return Register<Utf8Text>.Of(source.Shallow, Levels.Default);
        }

        return Register<Utf8Text>.Of(source.Caller, level.IsNull ? Levels.Default : level.ToText(context.Arena));
    }

    private static Register<PromptLink> PromptOf(in RestEvent source, BodyFields body) =>
        body.TryText(BodyField.PromptName, out var name) && body[BodyField.PromptVersion].IsNumber
            && JsonNumbers.TryCount(body[BodyField.PromptVersion].Bytes.Span, out var version) && version is > 0 and <= uint.MaxValue
            ? Register<PromptLink>.Of(source.Caller, new PromptLink(name, (uint)version))
            : default;
}
