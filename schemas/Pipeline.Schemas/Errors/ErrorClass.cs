namespace Pipeline.Schemas.Errors;

/// <summary>What an error of a backend asks its caller to do; the one vocabulary of it.</summary>
public enum ErrorClass
{
    /// <summary>Away, or between two states: the same request again after a pause.</summary>
    Transient,

    /// <summary>Too much at once: fewer, wider or smaller requests, and slower.</summary>
    Overload,

    /// <summary>Refused whatever is sent, until somebody changes the schema, the grants or a setting.</summary>
    Permanent,

    /// <summary>Refused because of what was sent: some rows of it are bad, others may be good.</summary>
    Poison,
}
