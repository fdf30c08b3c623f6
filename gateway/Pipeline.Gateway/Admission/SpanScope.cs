namespace Pipeline.Gateway.Admission;

/// <summary>One <c>ScopeSpans</c> of the received message, without its spans.</summary>
/// <param name="Resource">Position of its resource in <see cref="OtlpAdmissionResult.Resources"/>.</param>
/// <param name="Start">Where the message starts, behind tag and length.</param>
/// <param name="Length">Its length.</param>
/// <param name="SharedBytes">Bytes of its fields but the spans: what every record with one of its spans repeats.</param>
internal readonly record struct SpanScope(int Resource, int Start, int Length, int SharedBytes);
