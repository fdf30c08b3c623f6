using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Publishing;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Reads a request's body into one pooled buffer, under a cap of its own and the budget of bytes in flight.</summary>
/// <remarks>
/// A declared length over the cap is answered before a byte is read; the server then drains a little, so that the client sees the answer
/// and not a broken pipe. The server's own limit is off: it would reset the connection instead.
/// </remarks>
internal sealed class BodyReader(InFlightBudget budget, TimeSpan readTimeout, TimeProvider clock)
{
    private const int FirstChunkBytes = 64 * 1024;

    /// <summary>Reads, decompresses when the request says gzip, and makes text of what is to be JSON.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Receives the bytes; disposed by the caller whatever the outcome.</param>
    /// <param name="maxBytes">Cap before and after decompression and repair.</param>
    internal async ValueTask<BodyOutcome> ReadAsync(HttpRequest request, RequestBody body, int maxBytes)
    {
        if (!TryReadCoding(request, out var isGzip))
        {
            return BodyOutcome.UnsupportedCoding;
        }

        if (HasTwoLengths(request))
        {
            return BodyOutcome.Malformed;
        }

        if (request.ContentLength > maxBytes)
        {
            return BodyOutcome.TooLarge;
        }

        var outcome = await ReceiveAsync(request, body, maxBytes);
        outcome = outcome == BodyOutcome.Read && isGzip ? GzipBody.Decompress(body, maxBytes, budget) : outcome;
        return outcome == BodyOutcome.Read && ContentTypeRule.IsJson(request.ContentType) ? BodyRepair.Repair(body, maxBytes, budget) : outcome;
    }

    private async ValueTask<BodyOutcome> ReceiveAsync(HttpRequest request, RequestBody body, int maxBytes)
    {
        // Room is taken for what arrived, not for what is promised: five slow senders of large bodies would block everybody else.
        var expected = (int)(request.ContentLength ?? maxBytes);
        if (!body.TryEnsureCapacity(Math.Min(expected, FirstChunkBytes)))
        {
            return BodyOutcome.Busy;
        }

        var reader = request.BodyReader;
        var startedAt = clock.GetTimestamp();
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                var bytes = read.Buffer;
                var total = body.Length + bytes.Length;
                if (total > maxBytes)
                {
                    reader.AdvanceTo(bytes.End);
                    return BodyOutcome.TooLarge;
                }

                if (total > body.Capacity && !body.TryEnsureCapacity((int)Math.Max(total, Math.Min(total * 2, expected))))
                {
                    reader.AdvanceTo(bytes.End);
                    return BodyOutcome.Busy;
                }

                body.Append(bytes);
                reader.AdvanceTo(bytes.End);
                if (read.IsCompleted)
                {
                    return BodyOutcome.Read;
                }

                // The server's minimum rate ends a client that sends nothing; this ends one that stays just above it.
                if (clock.GetElapsedTime(startedAt) > readTimeout)
                {
                    return BodyOutcome.TimedOut;
                }
            }
        }
        catch (BadHttpRequestException rejected)
        {
            return rejected.StatusCode == StatusCodes.Status408RequestTimeout ? BodyOutcome.TimedOut : BodyOutcome.Malformed;
        }
        catch (IOException)
        {
            // The connection broke in the middle of the body.
            return BodyOutcome.Malformed;
        }
    }

    private static bool TryReadCoding(HttpRequest request, out bool isGzip)
    {
        isGzip = false;
        var codings = request.Headers.ContentEncoding;
        if (codings.Count == 0)
        {
            return true;
        }

        // Exactly one coding: "gzip, gzip" is how a bomb hides from the ratio.
        var coding = codings.Count == 1 ? codings[0].AsSpan().Trim() : default;
        isGzip = coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);
        return isGzip || (codings.Count == 1 && (coding.IsEmpty || coding.Equals("identity", StringComparison.OrdinalIgnoreCase)));
    }

    // Two lengths are how a request is smuggled past a proxy. The server drops Content-Length then and keeps it under another name.
    private static bool HasTwoLengths(HttpRequest request) =>
        request.Headers.TransferEncoding.Count > 0 && (request.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length"));
}
