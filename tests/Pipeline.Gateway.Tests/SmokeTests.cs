using System.Net;
using System.Text;

namespace Pipeline.Gateway.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task A_batch_is_answered_207_once_the_log_has_it()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        var response = await gateway.Client.PostAsync(
            "/api/public/ingestion",
            new StringContent("""{"batch":[{"id":"e1","type":"trace-create","timestamp":"2026-11-21T00:00:00Z","body":{"id":"t1"}}]}""", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
        Assert.Equal("""{"successes":[{"id":"e1","status":201}],"errors":[]}""", await response.Content.ReadAsStringAsync());
        Assert.Single(gateway.Log.Appended);
    }
}
