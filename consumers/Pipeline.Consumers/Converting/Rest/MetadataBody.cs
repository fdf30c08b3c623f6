using Pipeline.Consumers.Converting.Text;
using Pipeline.Schemas;
using Pipeline.Schemas.Text;
using Pipeline.Storage.Merging;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>Metadata of a REST body: one entry per key of the object; anything else under the key <c>metadata</c>.</summary>
/// <remarks>Keys are data: dots, brackets and names such as <c>__proto__</c> mean nothing. Nested objects are one value
/// (docs/gaps.md).</remarks>
internal static class MetadataBody
{
    private static readonly Utf8Text WholeKey = Utf8Text.From("metadata");

    internal static void Write(ConversionContext context, in RestEvent source, MetadataEntries destination)
    {
        var metadata = source.Body[BodyField.Metadata];
        if (!metadata.IsSet)
        {
            return;
        }

        if (!metadata.IsObject)
        {
            if (!metadata.IsEmptyContainer)
            {
                destination.Merge(new MetadataEntry(WholeKey, source.Caller, metadata.ToText(context.Arena)));
            }

            return;
        }

        var members = new JsonObjectReader(metadata.Bytes, context.Arena);
        while (members.TryRead())
        {
            destination.Merge(new MetadataEntry(members.Name, source.Caller, members.Value.ToText(context.Arena)));
        }
    }
}
