using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Testing.Faults;

/// <summary>A disk of a few megabytes in memory that a test fills up; it needs the right to mount.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private static readonly Lazy<Task<string?>> Missing = new(FindMissingAsync);

    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? MissingReason => Missing.Value.GetAwaiter().GetResult();

    /// <summary>Mounts one.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var folder = RepositoryFolders.CreateTemporary("disk");
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=755");
        if (await RunAsync("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder) is { } failure)
        {
            Directory.Delete(folder);
            throw new InvalidOperationException($"cannot mount a tmpfs: {failure}");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes all the space that is left.</summary>
    /// <returns>How many bytes that were.</returns>
    public async Task<long> FillAsync()
    {
        await using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await filler.WriteAsync(block);
            }
        }
        catch (IOException)
        {
            // That is what full means.
            return filler.Length;
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        if (await RunAsync("umount", Folder) is { } failure)
        {
            throw new InvalidOperationException($"cannot unmount {Folder}: {failure}");
        }

        Directory.Delete(Folder);
    }

    private static async Task<string?> FindMissingAsync()
    {
        try
        {
            await using var disk = await MountAsync(1);
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return $"needs the right to mount: {refused.Message}";
        }
    }

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
