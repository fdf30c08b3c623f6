using System.Buffers;

namespace Pipeline.Gateway.Admission;

/// <summary>The bytes of hex text.</summary>
internal static class HexDigits
{
    internal static readonly SearchValues<byte> Allowed = SearchValues.Create("0123456789abcdefABCDEF"u8);
}
