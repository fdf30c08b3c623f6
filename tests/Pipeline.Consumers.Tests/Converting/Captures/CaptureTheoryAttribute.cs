namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>A theory over recorded requests; skipped, visibly, where there are none.</summary>
internal sealed class CaptureTheoryAttribute : TheoryAttribute
{
    public CaptureTheoryAttribute()
    {
        if (CaptureScenario.Root is null)
        {
            Skip = "CAPTURES_DIR does not name a folder of recorded requests";
        }
    }
}
