using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using Pipeline.Storage.Objects;
using Pipeline.Storage.Objects.S3;
using Pipeline.Testing.Time;
using Xunit;

namespace Pipeline.Testing.ObjectStores;

/// <summary>An S3 stand-in as a process of its own (fauxqs, in memory); where it is not installed it starts nothing and the tests are skipped.</summary>
/// <remarks>
/// With <c>S3_ENDPOINT</c> set, the tests use that store instead, with the credentials of the environment's <c>AWS_</c> variables. The stand-in
/// checks no signature and knows no conditional writes: it overwrites.
/// </remarks>
public sealed class S3Server : IAsyncLifetime
{
    private static readonly string? ExternalEndpoint = Environment.GetEnvironmentVariable("S3_ENDPOINT");
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly int _port = FreePorts.Next();
    private Process? _process;

    /// <summary>Why there is no store here; null when there is.</summary>
    public static string? MissingReason { get; } = ExternalEndpoint is not null || File.Exists(Script)
        ? null
        : $"needs S3: {Script} does not exist (run `make install-local`) and S3_ENDPOINT is not set";

    /// <summary>Whether it is a store of somebody else's, which may know conditional writes.</summary>
    public static bool IsExternal => ExternalEndpoint is not null;

    /// <summary>Where it listens.</summary>
    public Uri Endpoint => new(ExternalEndpoint ?? $"http://127.0.0.1:{_port}");

    private static string Script => Path.Combine(RepositoryFolders.NodeModules, "fauxqs", "dist", "app.js");

    public async Task InitializeAsync()
    {
        if (MissingReason is null && !IsExternal)
        {
            await StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    /// <summary>Starts it, or starts it again, empty, at the same address.</summary>
    public async Task StartAsync()
    {
        // It leaves with this process, also when the test run is killed. S3 lists by bytes; the stand-in compares as people of the locale do.
        var program = $$"""
            process.stdin.on('end', () => process.exit(0)).resume();
            String.prototype.localeCompare = function (other) { return this < other ? -1 : this > other ? 1 : 0; };
            const { startFauxqs } = await import('file://{{Script}}');
            await startFauxqs({ port: {{_port}}, logger: false });
            """;
        var start = new ProcessStartInfo("node", ["--input-type=module", "-e", program]) { UseShellExecute = false, RedirectStandardInput = true };
        _process = Process.Start(start)!;
        using var client = new HttpClient();
        await Until.TrueAsync("the S3 stand-in to answer", StartTimeout, async () =>
        {
            Assert.False(_process.HasExited, "the S3 stand-in ended before it served");
            try
            {
                using var answer = await client.GetAsync(Endpoint);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    /// <summary>Ends it with SIGKILL; what it held is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Creates an empty bucket that nothing else uses, and says how it is reached.</summary>
    public async Task<ObjectStoreOptions> CreateBucketAsync(string prefix = "")
    {
        var name = "test-" + Guid.CreateVersion7().ToString("N");
        var config = new AmazonS3Config { ServiceURL = Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" };
        using (var client = IsExternal ? new AmazonS3Client(config) : new AmazonS3Client(new BasicAWSCredentials("test", "test-secret"), config))
        {
            await client.PutBucketAsync(name);
        }

        return new ObjectStoreOptions
        {
            Location = $"s3://{name}/{prefix}",
            S3 = new S3Options
            {
                Endpoint = Endpoint,
                AccessKey = IsExternal ? "" : "test",
                SecretKey = IsExternal ? "" : "test-secret",
                ConditionalWrites = IsExternal,
            },
        };
    }
}
