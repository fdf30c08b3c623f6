using Pipeline.Buffer;
using Pipeline.Schemas.Records;
using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests;

/// <summary>A gateway on a free loopback port over a scripted log and key store.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private GatewayFixture(GatewayHost host, ScriptedEventLog log, ScriptedKeySource keys)
    {
        Host = host;
        Log = log;
        Keys = keys;
        Client = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(20) };
        Client.DefaultRequestHeaders.Authorization = TestKeys.Basic();
    }

    internal GatewayHost Host { get; }

    internal ScriptedEventLog Log { get; }

    internal ScriptedKeySource Keys { get; }

    /// <summary>Sends with the good key pair unless a request brings its own.</summary>
    internal HttpClient Client { get; }

    /// <summary>The records of requests, without the gateway's own reports.</summary>
    internal IEnumerable<BufferRecord> Records => Log.Appended.Select(append => append.Record).Where(record => record.PayloadKind != PayloadKind.GatewayAccounts);

    /// <summary>The gateway's own reports.</summary>
    internal IEnumerable<GatewayAccounts> Reports => Log.Appended
        .Where(append => append.Record.PayloadKind == PayloadKind.GatewayAccounts)
        .Select(append => GatewayAccountsCodec.TryDecode(append.Record.Payload.Span)!);

    internal static async Task<GatewayFixture> StartAsync(
        Action<GatewayOptions>? configure = null,
        TimeProvider? clock = null,
        ScriptedEventLog? log = null,
        TopicSpec? topic = null)
    {
        var options = new GatewayOptions { Port = 0 };
        configure?.Invoke(options);
        log ??= new ScriptedEventLog();
        var keys = new ScriptedKeySource();
        keys.Keys[TestKeys.PublicKey] = TestKeys.Key;
        var host = await GatewayHost.StartAsync(new GatewaySetup
        {
            Options = options,
            Log = log,
            Topic = topic,
            Keys = keys,
            Hasher = TestKeys.Hasher,
            Clock = clock ?? TimeProvider.System,
            LogFormat = null,
        });
        var fixture = new GatewayFixture(host, log, keys);
        if (!log.IsDown && log.Findings.Count == 0)
        {
            await fixture.WaitUntilReadyAsync();
        }

        return fixture;
    }

    internal async Task WaitUntilReadyAsync() =>
        await Eventually.IsTrueAsync(async () => (await Client.GetAsync("/api/public/ready")).IsSuccessStatusCode, "the gateway is ready");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
