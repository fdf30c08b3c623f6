using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Pipeline.Consumers.Converting.Rest;

/// <summary>A field that the gateway should have refused; caught where the event is rejected.</summary>
/// <remarks>An exception because it is not expected: everything a client can send wrong is refused before the log.</remarks>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown and caught inside one folder.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Thrown and caught inside one folder.")]
internal sealed class InvalidFieldException(BodyField field)
    : Exception($"body.{JsonNamingPolicy.CamelCase.ConvertName(field.ToString())} cannot be stored");
