namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Which member of an OTLP AnyValue is set; the numbers are its field numbers.</summary>
internal enum OtlpValueKind : byte
{
    /// <summary>No member.</summary>
    None = 0,

    /// <summary>Text.</summary>
    String = 1,

    /// <summary>True or false.</summary>
    Bool = 2,

    /// <summary>A signed 64-bit integer.</summary>
    Int = 3,

    /// <summary>A double.</summary>
    Double = 4,

    /// <summary>An ArrayValue message.</summary>
    Array = 5,

    /// <summary>A KeyValueList message.</summary>
    KeyValueList = 6,

    /// <summary>Bytes.</summary>
    Bytes = 7,
}
