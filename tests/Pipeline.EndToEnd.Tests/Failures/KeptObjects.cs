namespace Pipeline.EndToEnd.Tests.Failures;

/// <summary>The failed batches in an object folder, for a test that damages them.</summary>
internal sealed class KeptObjects(string root)
{
    private const string Manifest = "manifest.json";
    private const string Records = "records.jsonl.gz";

    internal string Root => root;

    /// <summary>Folders of batches that have their manifest, in the order of their names.</summary>
    internal IReadOnlyList<string> Folders() => Directory.Exists(root)
        ? [.. Directory.EnumerateFiles(root, Manifest, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal)]
        : [];

    internal static void FlipByte(string folder)
    {
        var bytes = File.ReadAllBytes(RecordsOf(folder));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(RecordsOf(folder), bytes);
    }

    internal static void Truncate(string folder)
    {
        using var file = File.OpenWrite(RecordsOf(folder));
        file.SetLength(file.Length / 2);
    }

    internal static void SwapManifests(string one, string other)
    {
        var (first, second) = (File.ReadAllBytes(Path.Combine(one, Manifest)), File.ReadAllBytes(Path.Combine(other, Manifest)));
        File.WriteAllBytes(Path.Combine(one, Manifest), second);
        File.WriteAllBytes(Path.Combine(other, Manifest), first);
    }

    /// <summary>Puts a file where the folder was: nothing can be written or read.</summary>
    internal void TakeAway()
    {
        if (Directory.Exists(root))
        {
            Directory.Move(root, Aside);
        }

        File.WriteAllText(root, "");
    }

    internal void BringBack()
    {
        File.Delete(root);
        if (Directory.Exists(Aside))
        {
            Directory.Move(Aside, root);
        }
    }

    private string Aside => root + ".aside";

    private static string RecordsOf(string folder) => Path.Combine(folder, Records);
}
