using System.Xml.Linq;

namespace Pipeline.Architecture.Tests;

/// <summary>The working tree, found from the test assembly upwards.</summary>
internal static class Repository
{
    private static readonly string[] NotSource = ["artifacts", "node_modules", ".git", "obj", "bin"];

    internal static string Root { get; } = FindRoot();

    internal static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Intersect(NotSource).Any());

    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> ProjectReferences() =>
        Files("*.csproj").ToDictionary(
            path => Path.GetFileNameWithoutExtension(path),
            path => (IReadOnlyList<string>)[.. XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')))]);

    internal static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Pipeline.sln is not above the test assembly");
    }
}
