using Pipeline.Schemas;
using Pipeline.Schemas.Records;

namespace Pipeline.Gateway.Admission;

/// <summary>One accepted REST event.</summary>
/// <param name="Event">Its envelope and body, as slices of the request.</param>
/// <param name="TraceKey">What its partition is chosen by: the trace, or for scores without one the session or dataset run.</param>
/// <param name="IsUpdate">Whether it is answered behind all that are not.</param>
internal readonly record struct AdmittedEvent(LangfuseEvent Event, Utf8Text TraceKey, bool IsUpdate);
