using Pipeline.Storage.ClickHouse.Querying;

namespace Pipeline.Storage.ClickHouse.Comparing;

/// <summary>Reads what proves that a second full replay changes nothing: a checksum of each view.</summary>
/// <remarks>
/// Every column counts, updated_at too: it is made of the events' own times, and no column of these views moves by itself. Live traffic does
/// change them; compare while nothing else is ingested, and only numbers of one server version and one schema.
/// </remarks>
public sealed class ViewChecksumReader(ClickHouseQueryClient client)
{
    private static readonly string[] Views = ["traces", "observations", "scores"];

    /// <summary>Reads the checksum of each view.</summary>
    /// <param name="projectId">The project whose rows count; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClickHouseException">ClickHouse refused or did not answer.</exception>
    public async Task<IReadOnlyList<ViewChecksum>> ReadAsync(string? projectId, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (projectId is not null)
        {
            parameters["project"] = projectId;
        }

        var checksums = new List<ViewChecksum>();
        foreach (var view in Views)
        {
            // Hashed as text: the hash of a null is null, and a sum leaves nulls out.
            var rows = await client.QueryAsync(
                $"SELECT count() AS row_count, sum(cityHash64(toString(tuple(*)))) AS hash_sum FROM {view}{(projectId is null ? "" : " WHERE project_id = {project:String}")}",
                parameters,
                cancellationToken);
            checksums.Add(new ViewChecksum(view, (long)rows[0]["row_count"]!, (ulong)rows[0]["hash_sum"]!));
        }

        return checksums;
    }
}
