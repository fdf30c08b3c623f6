using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

namespace Pipeline.Storage.Failures;

/// <summary>Writes and reads the records object: gzip over one JSON object a line, readable by <c>zcat | jq</c>.</summary>
/// <remarks>Equal records give equal bytes: fields and lines have a fixed order, and gzip's header has no time.</remarks>
internal static class FailedRecordsCodec
{
    // Far above any batch: what claims to unpack to more is no object of ours.
    private const long MaxUnpackedBytes = 1L << 30;
    private const int FirstBufferBytes = 64 * 1024;

    internal static byte[] Encode(IReadOnlyList<FailedRecord> records, FailedBatchSummary summary)
    {
        using var packed = new MemoryStream();
        var line = new ArrayBufferWriter<byte>(FirstBufferBytes);

        // A partition waits meanwhile, and base64 packs little better with more effort.
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = FailureJson.Options.Encoder }))
        {
            foreach (var record in records.OrderBy(record => record.Topic, StringComparer.Ordinal).ThenBy(record => record.Partition).ThenBy(record => record.Offset))
            {
                var written = FailedLine.Of(record);
                summary.Add(written);
                JsonSerializer.Serialize(json, written, FailureJson.Options);
                json.Flush();
                line.Write("\n"u8);
                gzip.Write(line.WrittenSpan);
                line.ResetWrittenCount();
                json.Reset();
            }
        }

        return packed.ToArray();
    }

    /// <summary>The lines one by one.</summary>
    /// <exception cref="FailedBatchDamagedException">The bytes do not unpack, or a line is no record.</exception>
    internal static IEnumerable<FailedLine> Decode(string key, byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        long total = 0;
        var number = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = Read(key, gzip, buffer.AsSpan(length));
            total += read;
            if (read == 0 || total > MaxUnpackedBytes)
            {
                break;
            }

            var searched = length;
            length += read;
            var start = 0;
            for (var end = buffer.AsSpan(searched, read).IndexOf((byte)'\n') + searched; end >= searched;)
            {
                number++;
                yield return Parse(key, number, buffer.AsSpan(start, end - start));
                start = end + 1;
                searched = start;
                var next = buffer.AsSpan(start, length - start).IndexOf((byte)'\n');
                end = next < 0 ? -1 : start + next;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }

        if (length > 0 || total > MaxUnpackedBytes)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.RecordsGzip, $"ends within line {number + 1}");
        }
    }

    private static int Read(string key, GZipStream gzip, Span<byte> buffer)
    {
        try
        {
            return gzip.Read(buffer);
        }
        catch (InvalidDataException damaged)
        {
            throw new FailedBatchDamagedException(key, FailedBatchDefect.RecordsGzip, $"does not unpack: {damaged.Message}", damaged);
        }
    }

    private static FailedLine Parse(string key, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<FailedLine>(line, FailureJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException damaged)
        {
            // The parser's own message may hold content.
            throw new FailedBatchDamagedException(key, FailedBatchDefect.RecordsLine, $"line {number} is no record ({damaged.Path ?? "no JSON"})", damaged);
        }
    }
}
