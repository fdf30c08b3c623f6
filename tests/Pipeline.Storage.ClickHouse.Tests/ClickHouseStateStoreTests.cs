using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Schemas;
using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.States;

namespace Pipeline.Storage.ClickHouse.Tests;

/// <summary>Every way in which a server can say no, from a fake on the wire.</summary>
public sealed class ClickHouseStateStoreTests
{
    [Fact]
    public Task Confirmed_rows_are_inserted() => AssertOutcomeAsync(InsertOutcome.Inserted, context => AnswerAsync(context, 200, "", writtenRows: 1));

    [Fact]
    public Task Fewer_rows_than_sent_are_not_inserted() => AssertOutcomeAsync(InsertOutcome.Unavailable, context => AnswerAsync(context, 200, "", writtenRows: 0));

    [Fact]
    public Task Too_many_parts_is_overload() => AssertOutcomeAsync(InsertOutcome.Overloaded, context => AnswerAsync(context, 500, "Code: 252. DB::Exception: Too many parts", code: 252));

    [Fact]
    public Task An_unknown_table_is_a_refusal() => AssertOutcomeAsync(InsertOutcome.Refused, context => AnswerAsync(context, 404, "Code: 60. DB::Exception: no such table", code: 60));

    [Fact]
    public Task An_error_behind_the_headers_of_a_200_is_found() => AssertOutcomeAsync(
        InsertOutcome.Overloaded,
        context => AnswerAsync(context, 200, "Code: 241. DB::Exception: Memory limit exceeded", writtenRows: 1));

    [Fact]
    public Task A_server_that_hangs_is_given_up_on() => AssertOutcomeAsync(InsertOutcome.Unavailable, context => Task.Delay(Timeout.Infinite, context.RequestAborted));

    [Fact]
    public Task A_connection_that_breaks_is_unavailable() => AssertOutcomeAsync(InsertOutcome.Unavailable, context =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    private static async Task AssertOutcomeAsync(InsertOutcome expected, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var server = builder.Build();
        server.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await answer(context);
        });
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var store = new ClickHouseStateStore(new ClickHouseOptions { Address = new Uri(address), InsertTimeout = TimeSpan.FromMilliseconds(500) });
        var batch = new StateBatch();
        batch.Traces.Add(new TraceState(new TraceKey(Utf8Text.From("p"), Utf8Text.From("t")), 0));
        using var prepared = store.Prepare(batch);

        var result = await store.InsertAsync(prepared, CancellationToken.None);

        Assert.Equal(expected, result.Outcome);
    }

    private static Task AnswerAsync(HttpContext context, int status, string body, int code = 0, int writtenRows = -1)
    {
        context.Response.StatusCode = status;
        if (code != 0)
        {
            context.Response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (writtenRows >= 0)
        {
            context.Response.Headers["X-ClickHouse-Summary"] = $$"""{"written_rows":"{{writtenRows}}"}""";
        }

        return context.Response.WriteAsync(body);
    }
}
