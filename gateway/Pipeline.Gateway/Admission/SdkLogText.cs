using System.Text;

namespace Pipeline.Gateway.Admission;

/// <summary>Makes a bounded line of what a client library asks to be logged.</summary>
internal static class SdkLogText
{
    internal const int MaxBytes = 1000;

    /// <summary>The beginning of the JSON on one line: a client must be able neither to fill the log nor to forge a line of it.</summary>
    internal static string Of(ReadOnlySpan<byte> json)
    {
        var length = Math.Min(json.Length, MaxBytes);
        while (length > 0 && length < json.Length && (json[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return string.Create(Encoding.UTF8.GetCharCount(json[..length]), json[..length], static (line, bytes) =>
        {
            Encoding.UTF8.GetChars(bytes, line);
            foreach (ref var character in line)
            {
                character = char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character;
            }
        });
    }
}
