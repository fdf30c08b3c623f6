using System.Text;
using System.Text.Json;
using Pipeline.Testing.Gateway;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>All forty bad inputs, each with at least one case.</summary>
internal static class FortyInputs
{
    internal const int Count = 40;

    internal static IReadOnlyList<FortyInput> All { get; } =
    [
        .. BadRequests.All.Select(input => new FortyInput(input.Number, input.Name, gateway => CheckAsync(gateway, input))),
        .. OddEvents.All.Select(odd => new FortyInput(odd.Number, odd.Name, gateway => CheckAsync(gateway, odd))),
        .. RepeatedEvents.All,
        .. BadTransfers.All,
        .. BadKeys.All,
        .. Overloads.All,
    ];

    private static async Task CheckAsync(GatewayFixture gateway, BadInput input)
    {
        using var response = await gateway.Client.SendAsync(input.Request());
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal((input.Status, text), ((int)response.StatusCode, text));
        Assert.Contains(input.Text ?? "", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Requests.Private, text, StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("x-request-id"));
        if (input.Status == 415 && input.Text == "gzip")
        {
            Assert.Equal("gzip", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
        }
    }

    // A good event on either side: the odd one must cost them nothing.
    private static async Task CheckAsync(GatewayFixture gateway, OddEvent odd)
    {
        var body = Requests.Batch(Good("good-1"), odd.Json, Good("good-2"));
        var before = gateway.Records.Sum(record => record.EventCount);

        using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, body));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal((207, text), ((int)response.StatusCode, text));
        using var answer = JsonDocument.Parse(text);
        var successes = answer.RootElement.GetProperty("successes").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
        var errors = answer.RootElement.GetProperty("errors").EnumerateArray().Select(item => item.GetProperty("status").GetInt32()).ToList();
        Assert.Contains("good-1", successes);
        Assert.Contains("good-2", successes);
        Assert.Equal(odd.Status == 201 ? 3 : 2, successes.Count);
        Assert.Equal(odd.Status == 201 ? [] : [odd.Status], errors);
        Assert.Equal(before + successes.Count, gateway.Records.Sum(record => record.EventCount));
        Assert.All(gateway.Records, record => Assert.Equal(TestKeys.ProjectId, record.ProjectId));
    }

    private static byte[] Good(string id) => Encoding.UTF8.GetBytes(Requests.Event(id));
}
