using System.Buffers;
using System.Text;
using Pipeline.Gateway.Endpoints;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests;

public sealed class GzipBodyTests
{
    private const int Cap = 4 * 1024 * 1024;
    private const int Seed = 20261121;

    [Fact]
    public void The_folded_checksum_equals_the_table_and_the_known_value()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        var random = new Random(Seed);
        for (var length = 0; length < 700; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.True(Crc32.OfByTable(bytes) == Crc32.Of(bytes), $"seed {Seed}, length {length}");
        }
    }

    [Fact]
    public void Every_whole_body_comes_back_and_gives_its_budget_back()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, random.Next(2_000)).Select(_ => random.Next(100) + " ")));
            var budget = new InFlightBudget(1 << 30);
            using (var body = BodyOf(Requests.Gzip(content), budget))
            {
                Assert.True(BodyOutcome.Read == GzipBody.Decompress(body, Cap, budget), $"seed {Seed}, round {round}, length {content.Length}");
                Assert.Equal(content, body.Bytes.ToArray());
            }

            Assert.Equal(0, budget.Used);
        }
    }

    [Fact]
    public void No_cut_and_no_changed_byte_is_taken_for_the_content()
    {
        var random = new Random(Seed);
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 400).Select(_ => random.Next(1000) + ",")));
        var whole = Requests.Gzip(content);
        var budget = new InFlightBudget(1 << 30);
        for (var length = 0; length < whole.Length; length++)
        {
            using var body = BodyOf(whole[..length], budget);
            Assert.True(BodyOutcome.CorruptGzip == GzipBody.Decompress(body, Cap, budget), $"cut at {length} of {whole.Length}");
        }

        for (var position = 0; position < whole.Length; position++)
        {
            byte[] changed = [.. whole];
            changed[position] ^= 0x10;
            using var body = BodyOf(changed, budget);
            if (GzipBody.Decompress(body, Cap, budget) == BodyOutcome.Read)
            {
                Assert.Equal(content, body.Bytes.ToArray());
            }
        }

        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void A_bomb_allocates_no_more_than_the_scratch()
    {
        var bomb = Requests.Gzip(new byte[64 * 1024 * 1024]);
        var budget = new InFlightBudget(1 << 30);
        using var warmUp = BodyOf(bomb, budget);
        GzipBody.Decompress(warmUp, Cap, budget);
        using var body = BodyOf(bomb, budget);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(BodyOutcome.TooLarge, GzipBody.Decompress(body, Cap, budget));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    private static RequestBody BodyOf(byte[] bytes, InFlightBudget budget)
    {
        var body = new RequestBody(budget);
        Assert.True(body.TryEnsureCapacity(bytes.Length));
        body.Append(new ReadOnlySequence<byte>(bytes));
        return body;
    }
}
