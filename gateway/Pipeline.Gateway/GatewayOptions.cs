using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Pipeline.Gateway;

/// <summary>What an operator sets for a gateway; section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>IP address to listen on.</summary>
    /// <value>127.0.0.1: reachable from this machine only, until someone decides otherwise. <c>0.0.0.0</c> or <c>::</c> is any address.</value>
    [Required]
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>TCP port to listen on; 0 takes any free one.</summary>
    /// <value>3000, where a self-hosted Langfuse listens.</value>
    [Range(0, 65_535)]
    public int Port { get; set; } = 3000;

    /// <summary>Largest body of the ingestion endpoint, received and decompressed.</summary>
    /// <value>4,718,592: 4.5 MB, the limit the Langfuse clients are built for.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxIngestionBodyBytes { get; set; } = 4_718_592;

    /// <summary>Largest body of the OTLP endpoints, received and decompressed.</summary>
    /// <value>20 MiB; Langfuse warns from 16 MiB on, and an exporter that sends 512 spans stays below 1 MiB.</value>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxOtlpBodyBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Bytes of all requests in flight, bodies and records; above it requests are answered 503 at once.</summary>
    /// <value>96 MiB: a third of the 300 MB the process is to stay under; at 2 ms an append it is never the limit.</value>
    [Range(1024 * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaxInFlightBytes { get; set; } = 96L * 1024 * 1024;

    /// <summary>How long a request waits for its key and the log together before it is answered 503.</summary>
    /// <value>1.8 s: the answer is promised within 2 s, and SDKs give up at 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(1.8);

    /// <summary>Least time a client is told to wait before it retries after a 503; up to as much again is added at random, so that a crowd spreads out.</summary>
    /// <value>1 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time a client has to send its body.</summary>
    /// <value>30 s; slower than 240 bytes a second is ended after 5 s already.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BodyReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Open connections; one more is closed at once.</summary>
    /// <value>4,096: an idle one costs some 10 kB, and a pod in front of thousands of SDKs keeps below it.</value>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 4096;

    /// <summary>Age at which a key in use is looked up again in the background.</summary>
    /// <value>15 s, up to a third less at random.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan KeyRefreshAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Age above which a key is not served without a look-up: the promise about revocation.</summary>
    /// <value>29 s, so that a revoked key is refused within 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:02", "00:00:29")]
    public TimeSpan KeyTimeToLive { get; set; } = TimeSpan.FromSeconds(29);

    /// <summary>How long known keys are served while the key store is down.</summary>
    /// <value>10 min: the declared trade between a database outage and a revocation during it.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeyStaleLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an unknown key is remembered as unknown; a new key works after at most this time.</summary>
    /// <value>10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan UnknownKeyTimeToLive { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Keys held in memory, known and unknown each; above it the oldest unknown ones go first.</summary>
    /// <value>50,000, about 30 MB.</value>
    [Range(16, 10_000_000)]
    public int MaxCachedKeys { get; set; } = 50_000;

    /// <summary>How often a gateway reports what it acknowledged.</summary>
    /// <value>2 s: the delay of the ledger, at half a record a second.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AccountingInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Origin that browsers may call from, or <c>*</c>; empty sends no such header.</summary>
    /// <value><c>*</c> as upstream: credentials are a header that a page must already hold, never a cookie.</value>
    public string AllowedOrigin { get; set; } = "*";

    internal IPAddress Address => IPAddress.Parse(ListenAddress);

    /// <summary>Reads a section; a key that does not exist is an error that names it.</summary>
    /// <exception cref="OptionsValidationException">A value is out of range or of the wrong form, or a key is unknown.</exception>
    public static GatewayOptions From(IConfiguration section)
    {
        var options = new GatewayOptions();
        try
        {
            section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException invalid)
        {
            throw new OptionsValidationException("Gateway", typeof(GatewayOptions), [$"Gateway: {invalid.Message}"]);
        }

        options.ThrowIfInvalid();
        return options;
    }

    internal void ThrowIfInvalid()
    {
        var failures = new List<string>();
        var result = new GatewayOptionsValidator().Validate("Gateway", this);
        if (result.Failed)
        {
            failures.AddRange(result.Failures);
        }

        if (!IPAddress.TryParse(ListenAddress, out _))
        {
            failures.Add($"Gateway.ListenAddress: '{ListenAddress}' is not an IP address; use 127.0.0.1, 0.0.0.0 or ::");
        }

        if (KeyRefreshAfter >= KeyTimeToLive)
        {
            failures.Add($"Gateway.KeyRefreshAfter: {KeyRefreshAfter} must be shorter than KeyTimeToLive ({KeyTimeToLive})");
        }

        if (MaxInFlightBytes < 2L * Math.Max(MaxOtlpBodyBytes, MaxIngestionBodyBytes))
        {
            failures.Add("Gateway.MaxInFlightBytes: must be at least twice the largest body (MaxOtlpBodyBytes, MaxIngestionBodyBytes), or that body is never accepted");
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException("Gateway", typeof(GatewayOptions), failures);
        }
    }
}
