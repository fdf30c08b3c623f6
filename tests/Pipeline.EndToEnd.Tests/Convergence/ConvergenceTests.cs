using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using Pipeline.Buffer;
using Pipeline.Buffer.Postgres;
using Pipeline.Consumers;
using Pipeline.Gateway;
using Pipeline.Schemas;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Keys;
using Pipeline.Storage.Postgres;
using Pipeline.Storage.Postgres.Keys;
using Pipeline.Testing.Faults;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Convergence;

/// <summary>10,000 events, each sent three times, in any order, through any number of partitions, in batches of any size: the same bytes.</summary>
[Trait("Category", "Acceptance")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class ConvergenceTests(ITestOutputHelper output)
{
    private const int EventCount = 10_000;

    [LocalFact]
    public async Task The_same_events_in_any_order_and_cut_give_byte_identical_views()
    {
        var seed = FaultSeed.Choose(output);
        var events = GeneratedEvents.Create(new Random(seed), EventCount);
        await using var pipeline = await PipelineProcess.StartAsync();

        var once = await RunAsync(pipeline, "once", partitions: 1, events, times: 1, new Random(seed));
        var one = await RunAsync(pipeline, "one", partitions: 1, events, times: 3, new Random(seed + 1));
        var four = await RunAsync(pipeline, "four", partitions: 4, events, times: 3, new Random(seed + 2));

        Assert.Equal(once, one);
        Assert.Equal(once, four);
    }

    private async Task<string> RunAsync(PipelineProcess pipeline, string name, int partitions, List<string> events, int times, Random random)
    {
        await using var postgres = NpgsqlDataSource.Create(PostgresAddress.ToConnectionString(pipeline.Environment["POSTGRES_DSN"]));
        var clickHouse = new ClickHouseOptions { Address = new Uri(pipeline.Environment["CLICKHOUSE_URL"]), Database = "converge_" + name };
        await new ClickHouseMigrations(clickHouse, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        await using var log = new PostgresEventLog(postgres, new PostgresLogOptions { Topic = "converge." + name }, TimeProvider.System);
        await log.EnsureTopicAsync(new TopicSpec(log.Topic, partitions), CancellationToken.None);
        await log.OpenAsync(CancellationToken.None);

        // One fixed instant of receipt in all runs: what remains to differ is order, duplication and cutting.
        var hasher = new SecretHasher(pipeline.Environment["PIPELINE_KEY_PEPPER"]);
        await using var gateway = await GatewayHost.StartAsync(
            new GatewayOptions { Port = 0 }, log, new PostgresApiKeyStore(postgres, hasher), hasher, new ManualTimeProvider());
        using var store = new ClickHouseStateStore(clickHouse);
        await using var writer = await WriterHost.StartAsync(new WriterSetup
        {
            Options = new WriterOptions { MaxBatchRows = random.Next(50, 2000) },
            Log = log,
            Store = store,
            Failures = new FailureStore(new InMemoryObjectStore(TimeProvider.System)),
            LogFormat = null,
        });

        for (var time = 0; time < times; time++)
        {
            await SendShuffledAsync(gateway.Address, pipeline, events, random);
        }

        await Until.ValueAsync<bool>("the log to be read", TimeSpan.FromSeconds(120), async () =>
            (await log.ReadPositionsAsync(TopicNames.WriterGroup, CancellationToken.None)).All(position => position.Lag == 0) ? true : null);
        return await ViewDigest.OfAsync(clickHouse, line => output.WriteLine($"{name}: {line}"));
    }

    private static async Task SendShuffledAsync(Uri gateway, PipelineProcess pipeline, List<string> events, Random random)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        var credentials = $"{pipeline.Environment["LANGFUSE_PUBLIC_KEY"]}:{pipeline.Environment["LANGFUSE_SECRET_KEY"]}";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        var shuffled = events.ToArray();
        random.Shuffle(shuffled);
        for (var start = 0; start < shuffled.Length;)
        {
            var batch = shuffled.AsSpan(start, Math.Min(random.Next(1, 300), shuffled.Length - start)).ToArray();
            start += batch.Length;
            using var content = new StringContent($$"""{"batch":[{{string.Join(',', batch)}}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/api/public/ingestion", UriKind.Relative), content);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.MultiStatus, answer.StatusCode);
            Assert.EndsWith("\"errors\":[]}", text, StringComparison.Ordinal);
        }
    }
}
