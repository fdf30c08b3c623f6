namespace Pipeline.Gateway.Tests.Admission;

/// <summary>A theory over recorded requests; skipped, visibly, where there are none.</summary>
internal sealed class CaptureTheoryAttribute : TheoryAttribute
{
    public CaptureTheoryAttribute()
    {
        if (Root is null)
        {
            Skip = "CAPTURES_DIR does not name a folder of recorded requests";
        }
    }

    internal static string? Root => Environment.GetEnvironmentVariable("CAPTURES_DIR") is { Length: > 0 } root && Directory.Exists(root) ? root : null;
}
