using System.Globalization;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Writes a limit the way upstream names it: <c>4.5mb</c>.</summary>
internal static class SizeText
{
    internal static string Of(int bytes) => bytes >= 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):0.##}mb")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.##}kb");
}
