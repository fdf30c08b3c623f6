namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>The entry of one class of failure.</summary>
internal sealed record RunbookPage(string Title, IReadOnlyList<RunbookBlock> Blocks);
