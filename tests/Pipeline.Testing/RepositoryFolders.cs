namespace Pipeline.Testing;

/// <summary>Folders of the working tree, found from the test assembly upwards.</summary>
public static class RepositoryFolders
{
    /// <summary>The folder of <c>Pipeline.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What <c>infra/local/install.sh</c> installed.</summary>
    public static string NodeModules => Path.Combine(Root, "artifacts", "npm", "node_modules");

    /// <summary>A new empty folder for one test; the caller removes it.</summary>
    public static string CreateTemporary(string name) => Directory.CreateTempSubdirectory($"pipeline-{name}-").FullName;

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
