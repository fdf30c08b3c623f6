using Pipeline.Cli.Queries;

namespace Pipeline.Cli.Gaps;

/// <summary>Records of an <see cref="UnstoredPiece"/> that no receipt speaks of.</summary>
/// <param name="Key">Project, minute and gateway.</param>
/// <param name="Records">Records.</param>
/// <param name="Events">Events and spans in them.</param>
internal sealed record UnstoredRecords(LedgerKey Key, long Records, long Events);
