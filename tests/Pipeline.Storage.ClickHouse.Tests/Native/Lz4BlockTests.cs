using System.Text;
using Pipeline.Storage.ClickHouse.Native;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.Storage.ClickHouse.Tests.Native;

public sealed class Lz4BlockTests(ITestOutputHelper output)
{
    private const byte Canary = 0xA5;
    private const int MaxLength = 256 * 1024;

    [Fact]
    public void Every_length_up_to_a_few_hundred_comes_back()
    {
        for (var length = 0; length <= 300; length++)
        {
            AssertRoundTrip(new byte[length]);
            AssertRoundTrip([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
            AssertRoundTrip([.. Enumerable.Range(0, length).Select(i => (byte)"abcab"[i % 5])]);
        }
    }

    [Fact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public void Random_mixtures_of_noise_repeats_and_text_come_back()
    {
        var random = new Random(FaultSeed.Choose(output));
        for (var round = 0; round < 300; round++)
        {
            AssertRoundTrip(Mixture(random, random.Next(1, 1 << random.Next(3, 17))));
        }
    }

    [Fact]
    public void Matches_at_and_beyond_the_farthest_offset_come_back()
    {
        foreach (var distance in new[] { 65_530, 65_534, 65_535, 65_536, 65_540, 131_072 })
        {
            var bytes = new byte[MaxLength];
            new Random(1).NextBytes(bytes);
            bytes.AsSpan(0, 64).CopyTo(bytes.AsSpan(distance));
            AssertRoundTrip(bytes);
        }
    }

    [Fact]
    public void Noise_fits_the_promised_bound_and_repetition_shrinks()
    {
        var noise = new byte[MaxLength];
        new Random(2).NextBytes(noise);

        Assert.InRange(AssertRoundTrip(noise), 1, noise.Length + (noise.Length / 255) + 16);
        Assert.InRange(AssertRoundTrip(new byte[MaxLength]), 1, MaxLength / 200);
    }

    [Fact]
    public void A_destination_below_the_bound_is_refused_before_anything_is_written() =>
        Assert.Throws<ArgumentException>(() => Lz4Block.Compress(new byte[100], new byte[Lz4Block.MaxCompressedLength(100) - 1], new int[Lz4Block.TableSize]));

    private static int AssertRoundTrip(byte[] source)
    {
        // The source stands at the very end of its array and the destination is followed by canaries, so that a step outside shows.
        var bound = Lz4Block.MaxCompressedLength(source.Length);
        var destination = new byte[bound + 64];
        destination.AsSpan(bound).Fill(Canary);
        var table = new int[Lz4Block.TableSize];
        table.AsSpan().Fill(int.MaxValue);

        var length = Lz4Block.Compress(source, destination.AsSpan(0, bound), table);

        Assert.Equal(source, Lz4Decoder.DecodeBlock(destination.AsSpan(0, length)));
        Assert.DoesNotContain(destination[bound..], value => value != Canary);
        return length;
    }

    private static byte[] Mixture(Random random, int length)
    {
        var bytes = new byte[length];
        var position = 0;
        while (position < length)
        {
            var piece = bytes.AsSpan(position, Math.Min(length - position, random.Next(1, 400)));
            switch (random.Next(4))
            {
                case 0:
                    random.NextBytes(piece);
                    break;
                case 1:
                    piece.Fill((byte)random.Next(256));
                    break;
                case 2 when position > 0:
                    var from = random.Next(Math.Max(0, position - 100_000), position);
                    for (var i = 0; i < piece.Length; i++)
                    {
                        piece[i] = bytes[from + i];
                    }

                    break;
                default:
                    var text = Encoding.UTF8.GetBytes($"{{\"role\":\"user\",\"n\":{random.Next(1000)}}}");
                    text.AsSpan(0, Math.Min(text.Length, piece.Length)).CopyTo(piece);
                    break;
            }

            position += piece.Length;
        }

        return bytes;
    }
}
