using Pipeline.Schemas;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Makes one observation of a span, and what the span says of its trace. Not thread-safe.</summary>
internal sealed class SpanMapper(ConversionContext context)
{
    private readonly InputOutputMapper _content = new(context);

    internal void Map(OtlpSpan span)
    {
        var content = _content.Map(span);
        var type = ObservationTypeMapper.Map(span);
        var observation = new ObservationState(new ObservationKey(context.ProjectId, span.TraceId, span.Id), context.ReceivedAtMicros)
        {
            Type = Register<Utf8Text>.Of(span.Caller, type),
            Name = Register<Utf8Text>.Of(span.Caller, NameMapper.Map(span)),
            ParentObservationId = ParentMapper.Map(span),
            Level = LevelMapper.MapLevel(span),
            StatusMessage = LevelMapper.MapMessage(span),
            AppVersion = VersionMapper.MapVersion(span),
            Environment = EnvironmentMapper.MapObservation(span),
            Input = TextRegister(span.Caller, content.Input),
            Output = TextRegister(span.Caller, content.Output),
        };
        TimesMapper.Map(span, observation);
        if (!ModelMapper.RepeatsChildren(span))
        {
            observation.Model = ModelMapper.Map(span);
            UsageMapper.Map(span, observation);
            CostMapper.Map(span, observation);
        }

        ModelParametersMapper.Map(span, observation);
        PromptMapper.Map(span, type, observation);
        var attributes = MetadataMapper.Map(span, observation);
        TraceMapper.Map(span, observation, content, attributes);
        context.Hashes.AddEntity(span.Id);
        context.Sink.Add(observation);
    }

    private static Register<Utf8Text> TextRegister(ulong version, in Utf8Text text) =>
        text.IsEmpty ? default : Register<Utf8Text>.Of(version, text);
}
