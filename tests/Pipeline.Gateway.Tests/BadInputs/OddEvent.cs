namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>One bad or odd event, alone or inside a good batch, and whether it is taken.</summary>
/// <param name="Number">Its number in the list of forty.</param>
/// <param name="Name">What is odd about it.</param>
/// <param name="Json">The event.</param>
/// <param name="Status">Its own status: 201 or 400.</param>
public sealed record OddEvent(int Number, string Name, byte[] Json, int Status)
{
    public override string ToString() => $"{Number}: {Name}";
}
