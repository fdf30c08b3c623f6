using Pipeline.Cli.Composition;

namespace Pipeline.Cli.Local;

/// <summary>What a person chooses for a local pipeline.</summary>
/// <param name="Port">Port of the gateway.</param>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="Tier">Which buffer.</param>
/// <param name="Consumers">Consumer processes.</param>
/// <param name="Assignments">Settings handed to the children, as <c>Section:Key=value</c>.</param>
internal sealed record LocalOptions(int Port, string DataFolder, Tier Tier, int Consumers, IReadOnlyList<string> Assignments)
{
    /// <summary>Whether an archive runs beside the consumers.</summary>
    internal bool HasArchive { get; init; }
}
