using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Schemas.Wire;

namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Input and output that a span keeps in its events. Not thread-safe.</summary>
internal sealed class SpanEventContent(ConversionContext context)
{
    private const int NameField = 2;
    private const int AttributesField = 3;

    private static readonly Utf8KeyTable Roles = new(
    [
        ("gen_ai.system.message", 0), ("gen_ai.user.message", 1), ("gen_ai.assistant.message", 2), ("gen_ai.tool.message", 3),
        ("gen_ai.choice", 4),
    ]);

    private static readonly Utf8KeyTable Circumstances = new(
        [("finish_reason", 0), ("index", 0), ("id", 0), ("role", 0), ("gen_ai.system", 0), ("gen_ai.provider.name", 0)]);

    private static readonly string[] RoleNames = ["system", "user", "assistant", "tool"];

    private const int Choice = 4;

    private readonly SpanAttributes _attributes = new();
    private readonly JsonBuffer _inputs = new();
    private readonly JsonBuffer _outputs = new();

    internal InputOutput Read(OtlpSpan span)
    {
        InputOutput details = default, contents = default;
        var choices = 0;
        _inputs.Clear();
        _outputs.Clear();
        foreach (var message in span.Events)
        {
            var name = ReadEvent(message);
            if (!name.StartsWith("gen_ai."u8))
            {
                continue;
            }

            if (name.SequenceEqual("gen_ai.client.inference.operation.details"u8))
            {
                details = Over(details, GenAiMessages.Read(context, _attributes));
            }
            else if (name.SequenceEqual("gen_ai.content.prompt"u8))
            {
                contents = contents with { Input = ContentOf(KnownAttribute.GenAiPrompt) };
            }
            else if (name.SequenceEqual("gen_ai.content.completion"u8))
            {
                contents = contents with { Output = ContentOf(KnownAttribute.GenAiCompletion) };
            }
            else
            {
                choices += AddMessage(Roles.Find(name));
            }
        }

        return !details.IsEmpty ? details : _inputs.Length + _outputs.Length > 0 ? Messages(choices) : contents;
    }

    private static InputOutput Over(in InputOutput earlier, in InputOutput later) => new(
        later.Input.IsEmpty ? earlier.Input : later.Input, later.Output.IsEmpty ? earlier.Output : later.Output);

    // A span with a thousand exception events pays for their names only.
    private ReadOnlySpan<byte> ReadEvent(ReadOnlyMemory<byte> message)
    {
        ReadOnlySpan<byte> name = default;
        var reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == NameField && reader.WireType == ProtoWireType.Bytes)
            {
                name = reader.Value;
            }
        }

        if (!name.StartsWith("gen_ai."u8))
        {
            return default;
        }

        _attributes.Clear();
        reader = new ProtoReader(message.Span);
        while (reader.TryReadField())
        {
            if (reader.FieldNumber == AttributesField && reader.WireType == ProtoWireType.Bytes)
            {
                _attributes.Add(message.Slice(reader.ValueStart, reader.ValueLength));
            }
        }

        return name;
    }

    private int AddMessage(int role)
    {
        if (role < 0 || !SaysSomething())
        {
            return 0;
        }

        var json = role == Choice ? _outputs : _inputs;
        json.Raw(json.Length == 0 ? "["u8 : ","u8);
        json.Raw((byte)'{');
        if (role != Choice)
        {
            json.Name("role"u8);
            json.String(System.Text.Encoding.ASCII.GetBytes(RoleNames[role]));
        }

        _attributes.WriteMembers(json);
        json.Raw((byte)'}');
        return role == Choice ? 1 : 0;
    }

    // Some instrumentations announce a choice in an event and put its text elsewhere; such an event must not hide the text.
    private bool SaysSomething()
    {
        foreach (ref readonly var attribute in _attributes.All)
        {
            if (Circumstances.Find(attribute.Key.Span) < 0)
            {
                return true;
            }
        }

        return false;
    }

    private InputOutput Messages(int choices)
    {
        if (_inputs.Length > 0)
        {
            _inputs.Raw((byte)']');
        }

        if (choices > 1)
        {
            _outputs.Raw((byte)']');
        }

        var output = _outputs.Length > 0 && choices == 1 ? context.Arena.Copy(_outputs.Written[1..]) : _outputs.CopyTo(context.Arena);
        return new InputOutput(_inputs.CopyTo(context.Arena), output);
    }

    private Utf8Text ContentOf(KnownAttribute key)
    {
        if (_attributes.TryText(context, key, out var text))
        {
            return text;
        }

        var json = context.Json;
        json.Clear();
        json.Raw((byte)'{');
        _attributes.WriteMembers(json);
        json.Raw((byte)'}');
        return json.CopyTo(context.Arena);
    }
}
