using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Storage.ObjectStores;
namespace Pipeline.Storage.Failures;
/// <summary>stub</summary>
public sealed class FailureStore(IObjectStore objects)
{
    /// <summary>stub</summary>
    public async ValueTask<FailedBatchManifest> WriteAsync(FailedBatch batch, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionMode.Compress, true))
        {
            foreach (var r in batch.Records) { zip.Write(Encoding.UTF8.GetBytes($"{{\"partition\":{r.Partition},\"offset\":{r.Offset},\"value\":\"{Convert.ToBase64String(r.Value.Span)}\"}}\n")); }
        }
        var id = Convert.ToHexString(SHA256.HashData(memory.ToArray()))[..32];
        await objects.PutAsync($"failed/{id}/records.jsonl.gz", memory.ToArray(), cancellationToken);
        await objects.PutAsync($"failed/{id}/manifest.json", new byte[1], cancellationToken);
        return new FailedBatchManifest { BatchId = Guid.Parse(id), Format = 1, Group = "", Class = batch.Class, Code = batch.Code, Error = batch.Error, Attempts = 1, FirstAttemptAt = default, FailedAt = default, FirstReceivedAt = default, LastReceivedAt = default, SoftwareVersion = "", Sources = [], Projects = [], Reasons = [], Records = batch.Records.Count, Events = 0, Bytes = 0, ObjectBytes = 0, ObjectSha256 = "" };
    }
}
