namespace Pipeline.Cli.Local;

/// <summary>Finds what <c>make install-local</c> put below <c>artifacts/npm</c>; the environment may name others.</summary>
internal static class InstalledPrograms
{
    internal static string EngineLibrary => Named("CHDB_LIBRARY", Path.Combine("@chdb", "lib-linux-x64-gnu", "libchdb.so"));

    internal static string PostgresBinFolder => Named("POSTGRES_BIN_DIR", Path.Combine("@embedded-postgres", "linux-x64", "native", "bin"));

    private static string Named(string variable, string packagePath)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return named;
        }

        // The build lies below artifacts/, and so does what was installed: the nearest folder above that has both is ours.
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "npm", "node_modules", packagePath);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        throw new CliException($"{packagePath} is not installed: run `make install-local`, or set {variable}");
    }
}
