namespace Pipeline.Storage.EngineHost.Protocol;

/// <summary>Holds insert bodies on a memory file system while the engine reads them.</summary>
/// <remarks>
/// The engine's query call takes text: binary behind it ends at the first blank line. A file avoids that, and the engine decompresses it by
/// its extension.
/// </remarks>
internal sealed class InsertScratch : IDisposable
{
    private readonly string _folder;

    internal InsertScratch(EngineOptions options)
    {
        _folder = options.ScratchFolder ?? DefaultFolder(options.DataFolder);
        Directory.CreateDirectory(_folder);
        foreach (var leftOver in Directory.EnumerateFiles(_folder))
        {
            File.Delete(leftOver);
        }
    }

    /// <summary>Copies a body into a new file.</summary>
    /// <returns>Its path, or null when the body is longer than allowed.</returns>
    internal async Task<string?> SaveAsync(Stream body, string extension, long maxBytes, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, Guid.CreateVersion7().ToString("N") + extension);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: false);
            var buffer = new byte[128 * 1024];
            long total = 0;
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                total += read;
                if (total > maxBytes)
                {
                    break;
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (total <= maxBytes)
            {
                return path;
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        File.Delete(path);
        return null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string DefaultFolder(string dataFolder)
    {
        // One name per data folder, so that a restart finds and empties what a killed host left behind.
        var name = "pipeline-engine-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..16];
        return Directory.Exists("/dev/shm") ? Path.Combine("/dev/shm", name) : Path.Combine(dataFolder, "scratch");
    }
}
