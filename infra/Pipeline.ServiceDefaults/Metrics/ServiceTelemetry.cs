using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pipeline.ServiceDefaults.Metrics;

/// <summary>Collects the process's meters: as Prometheus text on demand, and by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
/// <remarks>
/// Thread-safe; scrapes are serialised. Traces are only recorded when there is an endpoint to send them to, so that an unobserved process
/// pays nothing for them. Runtime meters (garbage collection, thread pool) are published with ours.
/// </remarks>
public sealed class ServiceTelemetry : IDisposable
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly PrometheusExporter _exporter = new();
    private readonly MeterProvider _meters;
    private readonly TracerProvider? _traces;
    private readonly ServiceIdentity _identity;
    private readonly SemaphoreSlim _scrape = new(1, 1);

    /// <summary>Starts collecting.</summary>
    /// <param name="identity">The process.</param>
    /// <param name="names">Names of meters and trace sources.</param>
    public ServiceTelemetry(ServiceIdentity identity, params string[] names)
    {
        _identity = identity;
        var resource = ResourceBuilder.CreateDefault().AddService($"pipeline-{identity.Name}", serviceVersion: identity.Version, serviceInstanceId: identity.InstanceId);
        var pushes = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OtlpEndpoint));
        var meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(names).AddMeter("System.Runtime").AddReader(new BaseExportingMetricReader(_exporter));
        _meters = (pushes ? meters.AddOtlpExporter() : meters).Build();
        if (pushes)
        {
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(names).AddOtlpExporter().Build();
        }
    }

    /// <summary>Content type of <see cref="ScrapeAsync"/>.</summary>
    public static string ContentType => "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Collects every meter now and returns the Prometheus text.</summary>
    /// <exception cref="TimeoutException">Collection took longer than 5 s.</exception>
    public async Task<byte[]> ScrapeAsync(CancellationToken cancellationToken)
    {
        await _scrape.WaitAsync(cancellationToken);
        try
        {
            _exporter.Text.Clear();
            WriteBuild(_exporter.Text);
            return _exporter.Collect!(5000)
                ? Encoding.UTF8.GetBytes(_exporter.Text.ToString())
                : throw new TimeoutException("the meters did not answer within 5 s");
        }
        finally
        {
            _scrape.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _meters.Dispose();
        _traces?.Dispose();
        _scrape.Dispose();
    }

    private void WriteBuild(StringBuilder text)
    {
        text.Append("# HELP pipeline_build_info The build that runs; the value is always 1.\n# TYPE pipeline_build_info gauge\npipeline_build_info{");
        text.Append(CultureInfo.InvariantCulture, $"service=\"{_identity.Name}\",version=\"{_identity.Version}\",commit=\"{_identity.Commit}\",");
        text.Append(CultureInfo.InvariantCulture, $"runtime=\"{Environment.Version}\"}} 1\n");
    }
}
