namespace Pipeline.Gateway.Admission;

/// <summary>What an OTLP body came to: accepted spans as places in the message, and how many were refused and why.</summary>
internal sealed class OtlpAdmissionResult
{
    /// <summary>The TracesData message the places refer to; for OTLP/JSON its Protobuf form.</summary>
    internal ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>Set when the body is no such message; everything else is then empty.</summary>
    internal bool IsDamaged { get; init; }

    internal List<SpanResource> Resources { get; } = [];

    internal List<SpanScope> Scopes { get; } = [];

    internal List<AdmittedSpan> Spans { get; } = [];

    /// <summary>Spans that were refused.</summary>
    internal int RejectedSpans { get; private set; }

    /// <summary>Why the first of them was.</summary>
    internal string? FirstReason { get; private set; }

    /// <summary>What to tell the sender when any span was refused.</summary>
    internal string? ErrorMessage => RejectedSpans == 0 ? null : $"{RejectedSpans} spans rejected; the first because {FirstReason}";

    internal void Reject(string reason)
    {
        RejectedSpans++;
        FirstReason ??= reason;
    }
}
