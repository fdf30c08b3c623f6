using System.Text.Json;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;

namespace Pipeline.Consumers.Converting.Text;

/// <summary>Finds one member of a JSON object given as text.</summary>
internal static class JsonMember
{
    /// <returns>False when the text is no JSON object or has no such member; of repeated members the last is found.</returns>
    internal static bool TryFind(ConversionContext context, in Utf8Text json, ReadOnlySpan<byte> name, out JsonValue value)
    {
        value = default;
        if (!JsonObjectReader.IsValid(json.Span, JsonTokenType.StartObject))
        {
            return false;
        }

        var members = new JsonObjectReader(json.Bytes, context.Arena);
        while (members.TryRead())
        {
            if (members.Name.Span.SequenceEqual(name))
            {
                value = members.Value;
            }
        }

        return !value.IsAbsent;
    }
}
