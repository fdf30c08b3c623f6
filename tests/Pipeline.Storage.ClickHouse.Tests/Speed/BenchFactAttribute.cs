namespace Pipeline.Storage.ClickHouse.Tests.Speed;

/// <summary>A measurement: it proves nothing on a busy machine, so it runs only when asked for.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BenchFactAttribute : FactAttribute
{
    public BenchFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("PIPELINE_BENCH") != "1")
        {
            Skip = "a measurement: set PIPELINE_BENCH=1 and build with -c Release";
        }
    }
}
