namespace Pipeline.Gateway.Admission;

/// <summary>One <c>ResourceSpans</c> of the received message.</summary>
/// <param name="Start">Where the message starts, behind tag and length.</param>
/// <param name="Length">Its length.</param>
/// <param name="SharedBytes">Bytes of its fields but the scopes: what every record with one of its spans repeats.</param>
internal readonly record struct SpanResource(int Start, int Length, int SharedBytes);
