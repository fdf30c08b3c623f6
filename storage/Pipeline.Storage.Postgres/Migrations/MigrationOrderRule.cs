using System.Globalization;

namespace Pipeline.Storage.Postgres.Migrations;

/// <summary>Refuses migrations that could not be applied in one order everywhere.</summary>
internal static class MigrationOrderRule
{
    private const int NumberLength = 4;

    /// <summary>Checks that the files are numbered <c>0001_name.sql</c>, <c>0002_name.sql</c> and so on, in order and without a gap.</summary>
    /// <exception cref="MigrationException">They are not.</exception>
    internal static void CheckNumbers(IReadOnlyList<PostgresMigration> migrations)
    {
        for (var i = 0; i < migrations.Count; i++)
        {
            var prefix = (i + 1).ToString("D4", CultureInfo.InvariantCulture) + "_";
            if (!migrations[i].Name.StartsWith(prefix, StringComparison.Ordinal) || !migrations[i].Name.EndsWith(".sql", StringComparison.Ordinal))
            {
                throw new MigrationException($"migration {migrations[i].Name} is in place {i + 1}: its name must be {prefix}*.sql ({NumberLength} digits, no gap, no number twice)");
            }
        }
    }

    /// <summary>Returns what is to be applied.</summary>
    /// <exception cref="MigrationException">An applied file was changed, is missing here, or comes after one that was not applied.</exception>
    internal static IReadOnlyList<string> Pending(IReadOnlyList<MigrationStatus> statuses)
    {
        if (statuses.FirstOrDefault(status => status.State == MigrationState.Changed) is { } changed)
        {
            throw new MigrationException($"migration {changed.Name} was changed after it was applied; add a new file instead");
        }

        if (statuses.FirstOrDefault(status => status.State == MigrationState.Unknown) is { } unknown)
        {
            throw new MigrationException($"the database has migration {unknown.Name}, which this build does not know; use the newer build");
        }

        var pending = statuses.Where(status => status.State == MigrationState.Pending).Select(status => status.Name).ToList();
        return pending.Count == 0 || statuses.Skip(statuses.Count - pending.Count).All(status => status.State == MigrationState.Pending)
            ? pending
            : throw new MigrationException($"migration {pending[0]} is not applied, but later ones are; the database was not made by these files in their order");
    }
}
