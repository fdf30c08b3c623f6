using System.Text.Json;
using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Ids;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Converts a trace event; sending one again with the same id is the update.</summary>
internal static class TraceBody
{
    internal static void Convert(ConversionContext context, in RestEvent source)
    {
        var body = source.Body;
        var timestamp = body.Time(BodyField.Timestamp);
        if (!body.TryText(BodyField.Id, out var id))
        {
            id = Utf8Text.From(DerivedIds.ForEvent(context.ProjectName, source.Id.ToString()));
        }

        var trace = context.Traces.Get(context, id);

        // The earliest start wins, not the first event: the JS SDK queues an update, stamped by itself, before the create it belongs to.
        var start = timestamp is { } given
            ? Register<long>.Of(FieldVersion.FirstWins(SourceRank.Caller, given), given)
            : Register<long>.Of(source.FirstShallow, source.TimestampMicros);
        trace.Timestamp = Register<long>.Max(trace.Timestamp, start);
        trace.Environment = Register<Utf8Text>.Max(trace.Environment, source.Environment(context));
        trace.Name = Register<Utf8Text>.Max(trace.Name, source.Clearable(context, BodyField.Name));
        trace.UserId = Register<Utf8Text>.Max(trace.UserId, source.Clearable(context, BodyField.UserId));
        trace.SessionId = Register<Utf8Text>.Max(trace.SessionId, source.Clearable(context, BodyField.SessionId));
        trace.Release = Register<Utf8Text>.Max(trace.Release, source.Clearable(context, BodyField.Release));
        trace.AppVersion = Register<Utf8Text>.Max(trace.AppVersion, source.Clearable(context, BodyField.Version));
        trace.Input = Register<Utf8Text>.Max(trace.Input, source.Content(context, BodyField.Input));
        trace.Output = Register<Utf8Text>.Max(trace.Output, source.Content(context, BodyField.Output));

        // Upstream takes an absent "public" for false, so that any later event closes a shared trace; here absent changes nothing.
        if (body[BodyField.Public].Kind is JsonTokenType.True or JsonTokenType.False)
        {
            var isPublic = body[BodyField.Public].Kind == JsonTokenType.True;
            trace.IsPublic = Register<bool>.Max(trace.IsPublic, Register<bool>.Of(source.Caller, isPublic));
        }

        AddTags(context, body[BodyField.Tags], trace);
        MetadataBody.Write(context, source, trace.Metadata);
    }

    private static void AddTags(ConversionContext context, in JsonValue tags, TraceState trace)
    {
        if (!tags.IsArray)
        {
            return;
        }

        var elements = new JsonObjectReader(tags.Bytes, context.Arena);
        while (elements.TryRead())
        {
            if (elements.Value.IsSet)
            {
                trace.Tags.Add(elements.Value.ToText(context.Arena));
            }
        }
    }
}
