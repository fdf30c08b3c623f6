using System.Net;

namespace Pipeline.Storage.ClickHouse.Inserting;

/// <summary>A request body over pooled segments that it does not own.</summary>
/// <remarks>
/// An answer can arrive while the body is still being sent, and a cancelled send may have a write under way. Returning the segments to the
/// pool then would send another batch's bytes: the owner calls <see cref="StopAsync"/> first.
/// </remarks>
internal sealed class SegmentsContent(PreparedInsert insert) : HttpContent
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _sending = Task.CompletedTask;

    /// <summary>Ends the sending, and returns when nothing reads the segments any more.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stopping.Dispose();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var sending = SendAsync(stream, cancellationToken);
        _sending = Task.WhenAll(_sending, sending);
        return sending;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = insert.ByteCount;
        return true;
    }

    private async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        foreach (var segment in insert.Segments)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            await stream.WriteAsync(segment, either.Token);
        }
    }
}
