using Pipeline.Testing.Faults;
using Pipeline.Testing.Postgres;

namespace Pipeline.Buffer.Postgres.Tests;

/// <summary>A test that fills up the disk of a Postgres server of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = PostgresServer.MissingReason ?? SmallDisk.MissingReason;
}
