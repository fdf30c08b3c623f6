using Pipeline.Schemas;

namespace Pipeline.Gateway.Admission;

/// <summary>One refused REST event, as the answer lists it.</summary>
/// <param name="Id">The event's id, or <c>unknown</c>.</param>
/// <param name="Status">Status of the event.</param>
/// <param name="Message">The contract's message for the class of error.</param>
/// <param name="Error">What exactly, with the field named.</param>
internal readonly record struct EventError(Utf8Text Id, int Status, string Message, string Error)
{
    private static readonly Utf8Text Unknown = Utf8Text.From("unknown");

    /// <summary>The event does not follow the contract.</summary>
    internal static EventError Invalid(in Utf8Text id, string error) => new(id.IsEmpty ? Unknown : id, 400, "Invalid request data", error);

    /// <summary>The key may not send this type of event.</summary>
    internal static EventError OutOfScope(in Utf8Text id) => new(id.IsEmpty ? Unknown : id, 401, "Authentication error", "Access Scope Denied");
}
