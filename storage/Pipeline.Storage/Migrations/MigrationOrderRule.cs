using System.Globalization;

namespace Pipeline.Storage.Migrations;

/// <summary>Decides what to apply, and refuses migrations that could not be applied in one order everywhere.</summary>
public static class MigrationOrderRule
{
    /// <summary>Returns the files to apply, in order.</summary>
    /// <param name="files">The files of this build: <c>0001_name.sql</c>, <c>0002_name.sql</c> and so on, without a gap.</param>
    /// <param name="applied">Name and checksum of what the database has.</param>
    /// <exception cref="MigrationException">
    /// A file is misnumbered, was changed after it was applied, is known to the database alone, or comes before one that was applied.
    /// </exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> files, IReadOnlyDictionary<string, string> applied)
    {
        CheckNumbers(files);
        if (files.FirstOrDefault(file => applied.TryGetValue(file.Name, out var checksum) && checksum != file.Checksum) is { } changed)
        {
            throw new MigrationException($"migration {changed.Name} was changed after it was applied; add a new file instead");
        }

        if (applied.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => files.All(file => file.Name != name)) is { } unknown)
        {
            throw new MigrationException($"the database has migration {unknown}, which this build does not know; use the newer build");
        }

        var pending = files.SkipWhile(file => applied.ContainsKey(file.Name)).ToList();
        return pending.TrueForAll(file => !applied.ContainsKey(file.Name))
            ? pending
            : throw new MigrationException($"migration {pending[0].Name} is not applied, but later ones are; the database was not made by these files in their order");
    }

    private static void CheckNumbers(IReadOnlyList<Migration> files)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var prefix = (i + 1).ToString("D4", CultureInfo.InvariantCulture) + "_";
            if (!files[i].Name.StartsWith(prefix, StringComparison.Ordinal) || !files[i].Name.EndsWith(".sql", StringComparison.Ordinal))
            {
                throw new MigrationException($"migration {files[i].Name} is in place {i + 1}: its name must be {prefix}*.sql (four digits, no gap, no number twice)");
            }
        }
    }
}
