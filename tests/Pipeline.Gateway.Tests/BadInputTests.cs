using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests;

/// <summary>The forty bad inputs: never a 500, never a silent drop, and a bad event never costs its good neighbours.</summary>
public sealed class BadInputTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    public static TheoryData<int, string> All()
    {
        var cases = new TheoryData<int, string>();
        foreach (var input in FortyInputs.All)
        {
            cases.Add(input.Number, input.Name);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(All))]
    public Task A_bad_input_gets_its_answer(int number, string name) =>
        FortyInputs.All.Single(input => input.Number == number && input.Name == name).CheckAsync(shared.Gateway);

    [Fact]
    public void Every_one_of_the_forty_is_there() =>
        Assert.Equal(Enumerable.Range(1, FortyInputs.Count), FortyInputs.All.Select(input => input.Number).Distinct().Order());
}
