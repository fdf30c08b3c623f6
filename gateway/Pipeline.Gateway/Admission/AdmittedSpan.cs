namespace Pipeline.Gateway.Admission;

/// <summary>One accepted span as a place in the received message.</summary>
/// <param name="Start">Where its bytes start, behind tag and length.</param>
/// <param name="Length">How many they are.</param>
/// <param name="TraceIdStart">Where its 16-byte trace id starts.</param>
/// <param name="Scope">Position of its scope in <see cref="OtlpAdmissionResult.Scopes"/>.</param>
internal readonly record struct AdmittedSpan(int Start, int Length, int TraceIdStart, int Scope);
