using System.Diagnostics;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Native;
using Pipeline.Testing.States;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Speed;

/// <summary>What encoding and compressing costs, in CPU-seconds per million rows.</summary>
[Trait("Category", "Bench")]
public sealed class PrepareSpeedTests(ITestOutputHelper output)
{
    private const int Rows = 20_000;
    private const int Rounds = 20;

    // The consumer's whole budget is 20 CPU-s per million observations; encoding may take less than a third of it.
    private const double MaxCpuSecondsPerMillionRows = 6;

    [BenchFact]
    public void A_million_observations_are_encoded_and_compressed_within_six_cpu_seconds()
    {
        var batch = new TypicalStates(new Random(7)).Batch(Rows);
        var best = TimeSpan.MaxValue;
        long bytes = 0;
        long allocated = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
            using (var prepared = new PreparedStateBatch(batch))
            {
                var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
                best = cpu < best ? cpu : best;
                bytes = prepared.ByteCount;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        }

        var perMillion = best.TotalSeconds * 1_000_000 / Rows;
        output.WriteLine($"{perMillion:0.00} CPU-s per million observations, {bytes / Rows} compressed bytes per observation, {allocated / Rows} bytes allocated per observation");

        Assert.InRange(perMillion, 0, MaxCpuSecondsPerMillionRows);
    }

    [BenchFact]
    public void A_block_is_compressed_at_its_share_of_that()
    {
        var batch = new TypicalStates(new Random(7)).Batch(2_000);
        using var buffer = new MemoryStream();
        foreach (var state in batch.Observations)
        {
            buffer.Write(state.Input.Value.Span);
            buffer.Write(state.Output.Value.Span);
        }

        var source = buffer.ToArray().AsSpan(0, 256 * 1024).ToArray();
        var destination = new byte[Lz4Block.MaxCompressedLength(source.Length)];
        var table = new int[Lz4Block.TableSize];
        var best = double.MaxValue;
        var length = 0;
        for (var round = 0; round < 100; round++)
        {
            var startedAt = Stopwatch.GetTimestamp();
            length = Lz4Block.Compress(source, destination, table);
            best = Math.Min(best, Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
        }

        output.WriteLine($"{source.Length / best / 1e6:0} MB/s, ratio {(double)source.Length / length:0.00}");
    }
}
