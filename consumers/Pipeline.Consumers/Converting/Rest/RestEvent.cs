using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>One REST event on its way to a state: its envelope, its body's fields, and the versions its fields get.</summary>
internal readonly struct RestEvent
{
    internal RestEvent(in LangfuseEvent envelope, in RestEventType type, BodyFields body, long receivedAtMicros)
    {
        Id = envelope.Id;
        Type = type;
        Body = body;
        TimestampMicros = envelope.TimestampMicros;
        OrderMicros = FieldVersion.Clamp(envelope.TimestampMicros, receivedAtMicros);
        Caller = FieldVersion.LastWins(SourceRank.Caller, OrderMicros, type.IsUpdate);
        Shallow = FieldVersion.LastWins(SourceRank.Shallow, OrderMicros, type.IsUpdate);
        FirstCaller = FieldVersion.FirstWins(SourceRank.Caller, OrderMicros);
        FirstShallow = FieldVersion.FirstWins(SourceRank.Shallow, OrderMicros);
    }

    internal Utf8Text Id { get; }

    internal RestEventType Type { get; }

    internal BodyFields Body { get; }

    /// <summary>Envelope timestamp as sent.</summary>
    internal long TimestampMicros { get; }

    /// <summary>Envelope timestamp as it orders this event among others.</summary>
    internal long OrderMicros { get; }

    /// <summary>Version of what the caller set.</summary>
    internal ulong Caller { get; }

    /// <summary>Version of what stands in until a caller sets it.</summary>
    internal ulong Shallow { get; }

    /// <summary>Version of what the caller set in a field that its first writer decides.</summary>
    internal ulong FirstCaller { get; }

    /// <summary>The same for what stands in.</summary>
    internal ulong FirstShallow { get; }

    /// <summary>A field that an explicit null clears.</summary>
    internal Register<Utf8Text> Clearable(ConversionContext context, BodyField field)
    {
        var value = Body[field];
        if (value.IsAbsent)
        {
            return default;
        }

        return value.IsNull ? Register<Utf8Text>.Null(Caller) : Register<Utf8Text>.Of(Caller, value.ToText(context.Arena));
    }

    /// <summary>A field on which null has no effect.</summary>
    internal Register<Utf8Text> Kept(ConversionContext context, BodyField field)
    {
        var value = Body[field];
        return value.IsSet ? Register<Utf8Text>.Of(Caller, value.ToText(context.Arena)) : default;
    }

    /// <summary>Input or output: the last value that says something.</summary>
    /// <remarks>
    /// Upstream skips 0 and false altogether. Here they stand in until something else comes, because they may be all there is: a
    /// guardrail's answer.
    /// </remarks>
    internal Register<Utf8Text> Content(ConversionContext context, BodyField field)
    {
        var value = Body[field];
        if (!value.IsSet || (value.IsString && value.Bytes.IsEmpty))
        {
            return default;
        }

        var isFalsy = value.Kind == System.Text.Json.JsonTokenType.False || (value.IsNumber && value.Bytes.Span.SequenceEqual("0"u8));
        return Register<Utf8Text>.Of(isFalsy ? Shallow : Caller, value.ToText(context.Arena));
    }

    /// <summary>The environment; default when the body names none.</summary>
    internal Register<Utf8Text> Environment(ConversionContext context)
    {
        var value = Body[BodyField.Environment];
        if (!value.IsSet)
        {
            return Register<Utf8Text>.Of(FirstShallow, EnvironmentRule.Default);
        }

        var name = value.IsString ? EnvironmentRule.Normalise(value.ToText(context.Arena)) : EnvironmentRule.Default;
        return Register<Utf8Text>.Of(FirstCaller, name);
    }
}
