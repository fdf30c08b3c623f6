using System.Net;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>A request body over pooled segments that it does not own; it can be sent again.</summary>
internal sealed class SegmentsContent(PreparedInsert insert) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var segment in insert.Segments)
        {
            await stream.WriteAsync(segment, cancellationToken);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = insert.ByteCount;
        return true;
    }
}
