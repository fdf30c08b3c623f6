namespace Pipeline.EndToEnd.Tests.Runbooks;

/// <summary>Brings about what a page is for, and takes it away.</summary>
/// <param name="Title">The page.</param>
/// <param name="Begin">Brings it about, and waits until the consumer says what the page says.</param>
/// <param name="Mend">Takes it away.</param>
internal sealed record RunbookCause(string Title, Func<Task> Begin, Func<Task> Mend);
