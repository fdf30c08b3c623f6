namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>One block of commands.</summary>
/// <param name="Line">Line of its fence.</param>
/// <param name="Commands">What a shell runs.</param>
/// <param name="ExitCode">How it ends.</param>
/// <param name="IsMended">Whether it expects the cause to be gone.</param>
internal sealed record RunbookBlock(int Line, string Commands, int ExitCode, bool IsMended);
