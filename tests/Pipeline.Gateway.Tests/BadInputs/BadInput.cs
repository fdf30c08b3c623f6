namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>One bad (or only odd) input and the right answer to it.</summary>
/// <param name="Number">Its number in the list of forty.</param>
/// <param name="Name">What is bad about it.</param>
/// <param name="Request">Builds the request.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="Text">Text that the answer must contain; null when it does not matter.</param>
public sealed record BadInput(int Number, string Name, Func<HttpRequestMessage> Request, int Status, string? Text)
{
    public override string ToString() => $"{Number}: {Name}";
}
