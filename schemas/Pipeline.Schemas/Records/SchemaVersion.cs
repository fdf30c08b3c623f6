using System.Globalization;

namespace Pipeline.Schemas.Records;

/// <summary>Version of the record format. A reader accepts its own major version and any minor one, and refuses a newer major visibly.</summary>
/// <param name="Major">Raised when an old reader would misread the record.</param>
/// <param name="Minor">Raised when fields are added that an old reader may skip.</param>
public readonly record struct SchemaVersion(int Major, int Minor)
{
    /// <summary>The version this build writes.</summary>
    public static readonly SchemaVersion Current = new(1, 0);

    /// <summary>Whether this build can read records of that version.</summary>
    public bool IsReadable => Major >= 1 && Major <= Current.Major;

    /// <summary>Parses <c>major.minor</c>.</summary>
    public static bool TryParse(string? text, out SchemaVersion version)
    {
        version = default;
        if (text is null)
        {
            return false;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return false;
        }

        version = new SchemaVersion(major, minor);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
