using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Pipeline.Storage.Postgres.Migrations;
using Pipeline.Testing.Faults;
using Pipeline.Testing.Postgres;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>The disk below the log is full.</summary>
[Trait("Category", "Faults")]
[Trait(FaultSeed.Trait, FaultSeed.Honoured)]
public sealed class PostgresFullDiskTests(ITestOutputHelper output)
{
    private const int DiskMegabytes = 256;
    private const int Partitions = 2;
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(int Partition, long Offset), byte[]> _acknowledged = new();
    private int _refused;

    [SmallDiskFact]
    public async Task A_full_disk_makes_appends_unavailable_and_tears_no_record()
    {
        var random = new Random(FaultSeed.Choose(output));
        await using var disk = await SmallDisk.MountAsync(DiskMegabytes);
        var server = PostgresServer.In(Directory.CreateDirectory(Path.Combine(disk.Folder, "postgres")).FullName);
        await server.InitializeAsync();
        try
        {
            await using var source = await server.CreateDatabaseAsync();
            await new PostgresMigrations(source, PostgresMigrations.BuiltIn()).ApplyAsync(CancellationToken.None);
            var topic = new Topic(source);
            await topic.CreateAsync(Partitions);
            await using var log = await topic.OpenAsync();
            await AppendAsync(log, random, 20);
            Assert.Equal((20, 0), (_acknowledged.Count, _refused));
            for (var round = 0; round < Math.Min(3, FaultRounds.Or(sample: 1)); round++)
            {
                await FillAndFreeAsync(disk, server, log, random);
            }

            await AssertHoldsAsync(log);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private async Task FillAndFreeAsync(SmallDisk disk, PostgresServer server, PostgresEventLog log, Random random)
    {
        var filled = await disk.FillAsync();
        var before = _refused;
        await Until.TrueAsync("a full disk to be noticed", Patience, async () =>
        {
            await AppendAsync(log, random, 20);
            return _refused >= before + 20;
        });
        disk.Free();
        var recovery = Stopwatch.StartNew();
        var wasRunning = server.IsRunning;
        if (!wasRunning)
        {
            // Postgres ends itself when not even its write-ahead log can be written; whoever runs it starts it again.
            await server.StartAsync();
        }

        await Until.TrueAsync("an append", RecoveryLimit, async () =>
        {
            var acknowledged = _acknowledged.Count;
            await AppendAsync(log, random, 1);
            return _acknowledged.Count > acknowledged;
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{filled / 1024 / 1024} MiB filled, {_refused - before} appends unavailable, the server {(wasRunning ? "lived on" : "had ended")}, taken again after {recovery.Elapsed.TotalSeconds:0.0} s"));
    }

    private async Task AppendAsync(PostgresEventLog log, Random random, int count)
    {
        var values = Enumerable.Range(0, count).Select(_ =>
        {
            var value = new byte[random.Next(1_000, 100_000)];
            random.NextBytes(value);
            return value;
        }).ToList();
        await Task.WhenAll(values.Select(async (value, index) =>
        {
            var result = await log.AppendAsync(index % Partitions, "k", default, value, CancellationToken.None);
            if (result.Outcome == AppendOutcome.Appended)
            {
                Assert.True(_acknowledged.TryAdd((result.Partition, result.Offset), value), "two records got one offset");
            }
            else
            {
                Assert.Equal(AppendOutcome.Unavailable, result.Outcome);
                Interlocked.Increment(ref _refused);
            }
        }));
    }

    private async Task AssertHoldsAsync(PostgresEventLog log)
    {
        var held = new Dictionary<(int, long), byte[]>();
        for (var partition = 0; partition < Partitions; partition++)
        {
            foreach (var record in await Topic.ReadAllAsync(log, partition))
            {
                held.Add((partition, record.Offset), record.Value.ToArray());
            }
        }

        output.WriteLine($"{_acknowledged.Count} records acknowledged, {held.Count} held, {_refused} appends not confirmed");
        Assert.All(_acknowledged, record => Assert.Equal(record.Value, held.GetValueOrDefault(record.Key)));
    }
}
