using System.Buffers;
using Pipeline.Gateway.Routing;

namespace Pipeline.Gateway.Admission;

/// <summary>What an OTLP body came to: accepted spans as places in the message, and how many were refused and why.</summary>
/// <remarks>
/// One owner. <see cref="Dispose"/> gives back the memory of a transcoded message; <see cref="Message"/> must not be used after it, the
/// counts may. A result that is never disposed costs the pool an array, nothing else.
/// </remarks>
internal sealed class OtlpAdmissionResult : IDisposable
{
    private byte[]? _rented;

    /// <summary>The TracesData message the places refer to; for OTLP/JSON its Protobuf form.</summary>
    internal ReadOnlyMemory<byte> Message { get; private init; }

    /// <summary>Set when the body is no such message; everything else is then empty.</summary>
    internal bool IsDamaged { get; private init; }

    /// <summary>Resources with at least one accepted span.</summary>
    internal List<SpanResource> Resources { get; } = [];

    /// <summary>Scopes with at least one accepted span.</summary>
    internal List<SpanScope> Scopes { get; } = [];

    internal List<AdmittedSpan> Spans { get; } = [];

    /// <summary>Bytes of all these resources and scopes: what one more record of the request repeats at most.</summary>
    internal int SharedBytes { get; private set; }

    /// <summary>The same bytes counted once per accepted span: what storing the request repeats.</summary>
    internal long ExpandedBytes { get; private set; }

    /// <summary>Spans that were refused.</summary>
    internal int RejectedSpans { get; private set; }

    /// <summary>Why the first of them was.</summary>
    internal string? FirstReason { get; private set; }

    /// <summary>What to tell the sender when any span was refused.</summary>
    internal string? ErrorMessage => RejectedSpans == 0 ? null : $"{RejectedSpans} spans rejected; the first because {FirstReason}";

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    internal static OtlpAdmissionResult Damaged() => new() { IsDamaged = true };

    internal static OtlpAdmissionResult Of(ReadOnlyMemory<byte> message) => new() { Message = message };

    /// <summary>Hands over the pooled array that holds the message.</summary>
    internal void Own(byte[] rented) => _rented = rented;

    internal void Reject(string reason)
    {
        RejectedSpans++;
        FirstReason ??= reason;
    }

    /// <summary>Ends the walk: sums up what is shared and refuses the spans that no record can hold.</summary>
    internal void Complete()
    {
        foreach (var resource in Resources)
        {
            SharedBytes += resource.SharedBytes;
        }

        foreach (var scope in Scopes)
        {
            SharedBytes += scope.SharedBytes;
        }

        Spans.RemoveAll(IsOversized);
    }

    /// <summary>Bytes of a span's resource and scope.</summary>
    internal int SharedBytesOf(in AdmittedSpan span)
    {
        var scope = Scopes[span.Scope];
        return scope.SharedBytes + Resources[scope.Resource].SharedBytes;
    }

    private bool IsOversized(AdmittedSpan span)
    {
        var shared = SharedBytesOf(span);
        if (shared > RoutingLimits.MaxSharedBytes)
        {
            Reject($"its resource and scope are larger than {RoutingLimits.MaxSharedBytes} bytes");
            return true;
        }

        if (span.Length + shared > RoutingLimits.MaxEventBytes)
        {
            Reject($"the span with its resource and scope is larger than {RoutingLimits.MaxEventBytes} bytes");
            return true;
        }

        if (ExpandedBytes + shared > RoutingLimits.MaxRequestExpandedBytes)
        {
            Reject($"resource and scope, counted once per span, exceed {RoutingLimits.MaxRequestExpandedBytes} bytes in this request");
            return true;
        }

        ExpandedBytes += shared;
        return false;
    }
}
