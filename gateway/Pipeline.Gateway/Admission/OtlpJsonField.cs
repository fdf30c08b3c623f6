namespace Pipeline.Gateway.Admission;

/// <summary>One field of an OTLP message.</summary>
/// <param name="Number">Field number on the wire.</param>
/// <param name="Type">Type in JSON and on the wire.</param>
/// <param name="Shape">Shape of the nested message; null for other types.</param>
/// <param name="IsRepeated">Whether JSON has an array of them.</param>
internal readonly record struct OtlpJsonField(int Number, OtlpJsonType Type, OtlpJsonShape? Shape, bool IsRepeated);
