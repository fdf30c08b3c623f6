using System.Text.Json;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests;

/// <summary>The forty bad inputs: never a 500, never a silent drop, and a bad event never costs its good neighbours.</summary>
public sealed class BadInputTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    public static TheoryData<string> WholeRequests() => [.. BadRequests.All.Select(input => input.ToString())];

    public static TheoryData<string> SingleEvents() => [.. OddEvents.All.Select(input => input.ToString())];

    [Theory]
    [MemberData(nameof(WholeRequests))]
    public async Task A_bad_request_gets_its_answer(string name)
    {
        var input = BadRequests.All.Single(candidate => candidate.ToString() == name);

        using var response = await shared.Gateway.Client.SendAsync(input.Request());
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal((input.Status, text), ((int)response.StatusCode, text));
        Assert.Contains(input.Text ?? "", text, StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("x-request-id"));
        if (input.Status == 415 && input.Text == "gzip")
        {
            Assert.Equal("gzip", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
        }
    }

    [Theory]
    [MemberData(nameof(SingleEvents))]
    public async Task An_odd_event_gets_its_own_answer_and_its_neighbours_are_stored(string name)
    {
        var odd = OddEvents.All.Single(candidate => candidate.ToString() == name);
        var body = Requests.Batch(BytesOf("good-1"), odd.Json, BytesOf("good-2"));
        var before = shared.Gateway.Records.Sum(record => record.EventCount);

        using var response = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, body));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal((207, text), ((int)response.StatusCode, text));
        using var answer = JsonDocument.Parse(text);
        var successes = answer.RootElement.GetProperty("successes").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
        var errors = answer.RootElement.GetProperty("errors").EnumerateArray().Select(item => item.GetProperty("status").GetInt32()).ToList();
        Assert.Contains("good-1", successes);
        Assert.Contains("good-2", successes);
        Assert.Equal(odd.Status == 201 ? 3 : 2, successes.Count);
        Assert.Equal(odd.Status == 201 ? [] : [odd.Status], errors);
        Assert.Equal(before + successes.Count, shared.Gateway.Records.Sum(record => record.EventCount));
        Assert.All(shared.Gateway.Records, record => Assert.Equal(TestKeys.ProjectId, record.ProjectId));
    }

    [Fact]
    public async Task The_same_event_twice_in_a_batch_is_taken_twice()
    {
        using var response = await shared.Gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.Batch(Requests.Event("twin"), Requests.Event("twin"))));

        Assert.Equal(
            """{"successes":[{"id":"twin","status":201},{"id":"twin","status":201}],"errors":[]}""",
            await response.Content.ReadAsStringAsync());
    }

    private static byte[] BytesOf(string id) => System.Text.Encoding.UTF8.GetBytes(Requests.Event(id));
}
