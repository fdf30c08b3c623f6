using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Pipeline.Buffer;
using Pipeline.Buffer.Kafka;
using Pipeline.Consumers;
using Pipeline.Gateway;
using Pipeline.Schemas.Records;
using Pipeline.Storage;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Migrations;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Keys;
using Pipeline.Storage.Objects.Folders;

namespace Pipeline.Benchmarks;

/// <summary>What a child process of the benchmarks can be. Each prints one line when it is ready and ends when its input closes.</summary>
internal static class Roles
{
    internal const string Authorization = "Basic cGstYmVuY2g6c2stYmVuY2g=";

    /// <summary>The floor: Kestrel reads the body and answers.</summary>
    internal static async Task ReadBodiesAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var application = builder.Build();
        application.Run(async context =>
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync();
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await application.StartAsync();
        await ServeAsync();
    }

    /// <summary>Our gateway over a log.</summary>
    internal static async Task GatewayAsync(int port, IEventLog log)
    {
        var hasher = new SecretHasher("bench");
        await using var gateway = await GatewayHost.StartAsync(new GatewayOptions { Port = port }, log, new BenchKeys(hasher), hasher, TimeProvider.System);
        using var http = new HttpClient();
        while (!(await http.GetAsync(new Uri(gateway.Address, "/api/public/ready"))).IsSuccessStatusCode)
        {
            await Task.Delay(50);
        }

        await ServeAsync();
    }

    /// <summary>The floor of appending: the client alone sends records of the same size and content.</summary>
    internal static async Task ProduceAsync(IEventLog log, int records)
    {
        await log.OpenAsync(CancellationToken.None);
        var bodies = Enumerable.Range(0, 64).Select(Bodies.Otlp).ToList();
        Console.WriteLine("ready");
        var headers = new RecordHeaders("1.0", null);
        using var window = new SemaphoreSlim(64);
        var pending = new List<Task>();
        for (var i = 0; i < records; i++)
        {
            await window.WaitAsync();
            pending.Add(AppendAsync(log, i % log.PartitionCount, headers, bodies[i % bodies.Count], window));
        }

        await Task.WhenAll(pending);
        Console.WriteLine("done");
        await WaitForEndOfInputAsync();
    }

    // Nothing of a benchmark's records fails; if it did, it would be found here.
    private static FailureStore Failures => new(new FolderObjectStore("artifacts/bench/objects"));

    /// <summary>Our consumer up to the insert-ready block: everything but the insert.</summary>
    internal static async Task ConsumeAsync(IEventLog log, IStateStore store, string group)
    {
        await log.OpenAsync(CancellationToken.None);
        await using var writer = await WriterHost.StartAsync(new WriterSetup
        {
            Options = new WriterOptions { Group = group },
            Log = log,
            Store = store,
            Failures = Failures,
            LogFormat = null,
        });
        Console.WriteLine("ready");
        while ((await log.ReadPositionsAsync(group, CancellationToken.None)).Any(position => position.Lag > 0))
        {
            await Task.Delay(100);
        }

        Console.WriteLine("done");
        await WaitForEndOfInputAsync();
    }

    /// <summary>The floor of storing: one batch as the writer prepares it, inserted again and again into a database of its own.</summary>
    internal static async Task InsertBlockAsync(IEventLog log, Uri engine, string database, int inserts)
    {
        const int MinObservations = 10_000;
        var options = new ClickHouseOptions { Address = engine, Database = database };
        await new ClickHouseMigrations(options, new TableEngines(IsReplicated: false), ClickHouseMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
        await log.OpenAsync(CancellationToken.None);
        using var preparing = new PreparingStore();
        var capturing = new CapturingStore(preparing, MinObservations);
        await using (await WriterHost.StartAsync(new WriterSetup { Options = new WriterOptions { Group = database }, Log = log, Store = capturing, Failures = Failures, LogFormat = null }))
        {
            await capturing.Captured;
        }

        var (batch, observations) = await capturing.Captured;
        using (batch)
        {
            using var store = new ClickHouseStateStore(options);
            Console.WriteLine("ready");
            Console.WriteLine(observations);
            await Console.In.ReadLineAsync();
            for (var i = 0; i < inserts; i++)
            {
                var result = await store.InsertAsync(batch, CancellationToken.None);
                if (result.Outcome != InsertOutcome.Inserted)
                {
                    throw new InvalidOperationException(result.Reason);
                }
            }
        }

        Console.WriteLine("done");
        await WaitForEndOfInputAsync();
    }

    internal static KafkaEventLog Kafka(string servers, string topic) =>
        new(new KafkaBufferOptions { BootstrapServers = servers, Topic = topic, DeliveryTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System);

    private static async Task AppendAsync(IEventLog log, int partition, RecordHeaders headers, byte[] value, SemaphoreSlim window)
    {
        var result = await log.AppendAsync(partition, "bench", headers, value, CancellationToken.None);
        window.Release();
        if (result.Outcome != AppendOutcome.Appended)
        {
            throw new InvalidOperationException(result.Reason);
        }
    }

    private static async Task ServeAsync()
    {
        Console.WriteLine("ready");
        await WaitForEndOfInputAsync();
    }

    // Each line that comes in asks for the bytes allocated so far.
    private static async Task WaitForEndOfInputAsync()
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(GC.GetTotalAllocatedBytes());
        }
    }
}
