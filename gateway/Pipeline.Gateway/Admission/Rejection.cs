namespace Pipeline.Gateway.Admission;

/// <summary>Why a whole request is refused, in words for its sender; never with the content echoed.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">What and where, naming the field and the limit.</param>
internal sealed record Rejection(int Status, string Reason);
