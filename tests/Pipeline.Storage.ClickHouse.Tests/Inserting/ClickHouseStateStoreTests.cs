using Pipeline.Storage.Batches;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Tests.Http;
using Pipeline.Storage.ClickHouse.Tests.Native;
using Pipeline.Testing.States;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

/// <summary>Every way in which a server, or the network, can say no or lie; on real sockets.</summary>
public sealed class ClickHouseStateStoreTests
{
    [Fact]
    public async Task A_confirmed_batch_is_inserted()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 3));

        Assert.Equal(InsertResult.Inserted, await InsertAsync(server, Observations(3)));
    }

    [Fact]
    public async Task Tables_are_sent_in_the_order_of_the_promise_with_the_receipts_last()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 1));
        var batch = Observations(1);
        batch.Receipts.Add(SampleReceipts.Any());

        await InsertAsync(server, batch);

        Assert.Collection(
            server.Requests.Select(request => request.Parameters["query"]),
            statement => Assert.StartsWith("INSERT INTO observation_states (`project_id`, `trace_id`, `id`, ", statement, StringComparison.Ordinal),
            statement => Assert.StartsWith("INSERT INTO trace_states (", statement, StringComparison.Ordinal),
            statement => Assert.StartsWith("INSERT INTO receipts (", statement, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_that_failed_is_continued_with_the_table_that_failed_and_sent_whole_when_inserted_again()
    {
        var refusesReceipts = true;
        await using var server = new WireFake(async (request, stream, cancellationToken) =>
        {
            await WireFake.ReadBodyAsync(request, stream, cancellationToken);
            var isRefused = refusesReceipts && request.Parameters["query"].StartsWith("INSERT INTO receipts", StringComparison.Ordinal);
            await WireFake.AnswerAsync(stream, isRefused ? 500 : 200, "", isRefused ? "X-ClickHouse-Exception-Code: 241" : WireFake.Summary(writtenRows: 1));
        });
        var batch = Observations(1);
        batch.Receipts.Add(SampleReceipts.Any());
        using var store = new ClickHouseStateStore(server.Options);
        using var prepared = store.Prepare(batch);

        Assert.Equal(InsertOutcome.TooLarge, (await store.InsertAsync(prepared, CancellationToken.None)).Outcome);
        refusesReceipts = false;
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));
        Assert.Equal(InsertResult.Inserted, await store.InsertAsync(prepared, CancellationToken.None));

        Assert.Equal(
            ["observation_states", "trace_states", "receipts", "receipts", "observation_states", "trace_states", "receipts"],
            server.Requests.Select(request => request.Parameters["query"].Split(' ')[2]));
    }

    [Fact]
    public async Task An_insert_that_took_too_long_gets_twice_the_time_up_to_the_longest()
    {
        await using var server = new WireFake((_, _, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        using var store = new ClickHouseStateStore(server.Options with { InsertTimeout = TimeSpan.FromMilliseconds(50), MaxInsertTimeout = TimeSpan.FromMilliseconds(150) });
        using var prepared = store.Prepare(Observations(1));

        var reasons = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            reasons.Add((await store.InsertAsync(prepared, CancellationToken.None)).Reason);
        }

        Assert.Equal(["0.05 s", "0.1 s", "0.15 s"], reasons.Select(reason => reason?[(reason.LastIndexOf("within ", StringComparison.Ordinal) + 7)..]));
    }

    [Fact]
    public async Task A_quorum_is_asked_for_when_it_is_set()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 1));
        using var store = new ClickHouseStateStore(server.Options with { InsertQuorum = "auto" });
        using var prepared = store.Prepare(Observations(1));

        await store.InsertAsync(prepared, CancellationToken.None);

        Assert.All(server.Requests, request => Assert.Equal("auto", request.Parameters["insert_quorum"]));
    }

    [Fact]
    public async Task A_receipt_is_not_sent_when_the_states_before_it_were_not_stored()
    {
        await using var server = WireFake.Answering(500, "Code: 241. DB::Exception: Memory limit exceeded.", "X-ClickHouse-Exception-Code: 241");
        var batch = Observations(1);
        batch.Receipts.Add(SampleReceipts.Any());

        await InsertAsync(server, batch);

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_insert_is_native_in_an_lz4_frame_of_known_length_with_the_engines_deduplication_off()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 3));

        await InsertAsync(server, Observations(3));

        var request = server.Requests.First();
        Assert.Equal("POST", request.Method);
        Assert.Equal("lz4", request.Headers["Content-Encoding"]);
        Assert.Equal("0", request.Parameters["insert_deduplicate"]);
        Assert.Equal("1", request.Parameters["wait_end_of_query"]);
        Assert.EndsWith(" FORMAT Native", request.Parameters["query"], StringComparison.Ordinal);
        Assert.DoesNotContain("X-ClickHouse-Key", request.Headers.Keys);
        var block = Lz4Decoder.DecodeFrame(server.Bodies.First());
        Assert.Equal([23, 3, 10], block[..3]);
    }

    [Fact]
    public async Task Credentials_travel_in_headers_and_never_in_the_address()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 1));

        await InsertAsync(server, Observations(1), server.Options with { User = "writer", Password = "s3cret" });

        var request = server.Requests.First();
        Assert.Equal("writer", request.Headers["X-ClickHouse-User"]);
        Assert.Equal("s3cret", request.Headers["X-ClickHouse-Key"]);
        Assert.DoesNotContain("s3cret", request.Target.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(252, InsertOutcome.Overloaded)]
    [InlineData(242, InsertOutcome.Unavailable)]
    [InlineData(16, InsertOutcome.Refused)]
    public async Task A_code_in_the_header_decides_the_outcome(int code, InsertOutcome expected)
    {
        await using var server = WireFake.Answering(500, $"Code: {code}. DB::Exception: Reason.", $"X-ClickHouse-Exception-Code: {code}");

        var result = await InsertAsync(server, Observations(1));

        Assert.Equal((expected, code), (result.Outcome, result.Code));
        Assert.StartsWith("observation_states: ", result.Reason, StringComparison.Ordinal);
        Assert.Contains("Reason.", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_without_the_code_header_still_passes_the_code_in_the_text()
    {
        await using var server = WireFake.Answering(500, "Code: 252. DB::Exception: Too many parts.");

        var result = await InsertAsync(server, Observations(1));

        Assert.Equal((InsertOutcome.Overloaded, 252), (result.Outcome, result.Code));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(404)]
    public async Task An_answer_of_something_else_than_ClickHouse_is_unavailable(int status)
    {
        await using var server = WireFake.Answering(status, "<html>Bad gateway</html>");

        Assert.Equal(InsertOutcome.Unavailable, (await InsertAsync(server, Observations(1))).Outcome);
    }

    [Theory]
    [InlineData("\r\n__exception__\r\nabcdefghijklmnop\r\nCode: 241. DB::Exception: Memory limit exceeded\r\n40 abcdefghijklmnop\r\n__exception__\r\n", 241)]
    [InlineData("Code: 242. DB::Exception: Table is in readonly mode\n", 242)]
    public async Task An_exception_behind_the_headers_of_a_200_is_found(string body, int code)
    {
        await using var server = WireFake.Answering(200, body, WireFake.Summary(writtenRows: 1));

        var result = await InsertAsync(server, Observations(1));

        Assert.NotEqual(InsertOutcome.Inserted, result.Outcome);
        Assert.Equal(code, result.Code);
    }

    [Fact]
    public async Task A_200_with_an_exception_code_header_is_no_success()
    {
        await using var server = WireFake.Answering(200, "", "X-ClickHouse-Exception-Code: 252", WireFake.Summary(writtenRows: 1));

        Assert.Equal(InsertOutcome.Overloaded, (await InsertAsync(server, Observations(1))).Outcome);
    }

    [Theory]
    [InlineData("X-ClickHouse-Summary: {\"written_rows\":\"2\"}")]
    [InlineData("X-ClickHouse-Summary: {\"written_rows\":\"0\"}")]
    [InlineData("X-ClickHouse-Summary: {\"written_ro")]
    [InlineData("X-ClickHouse-Summary: []")]
    [InlineData("X-Other: 1")]
    public async Task Rows_that_are_not_confirmed_are_sent_again(string header)
    {
        await using var server = WireFake.Answering(200, "", header);

        var result = await InsertAsync(server, Observations(3));

        Assert.Equal(InsertOutcome.Unavailable, result.Outcome);
        Assert.EndsWith("3 sent", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_timeout()
    {
        await using var server = new WireFake((_, _, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));

        var result = await InsertAsync(server, Observations(1), server.Options with { InsertTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(InsertOutcome.Unavailable, result.Outcome);
        Assert.Equal("observation_states: no answer within 0.3 s", result.Reason);
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_the_answer_is_unavailable()
    {
        await using var server = new WireFake(async (request, stream, cancellationToken) =>
        {
            await WireFake.ReadBodyAsync(request, stream, cancellationToken);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), cancellationToken);
            throw new IOException("cut");
        });

        Assert.Equal(InsertOutcome.Unavailable, (await InsertAsync(server, Observations(1))).Outcome);
    }

    [Fact]
    public async Task A_port_nobody_listens_on_is_unavailable_and_not_reachable()
    {
        ClickHouseOptions options;
        await using (var server = WireFake.Answering(200, ""))
        {
            options = server.Options;
        }

        using var store = new ClickHouseStateStore(options);
        using var prepared = store.Prepare(Observations(1));

        Assert.Equal(InsertOutcome.Unavailable, (await store.InsertAsync(prepared, CancellationToken.None)).Outcome);
        Assert.False(await store.IsReachableAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_stop_of_the_host_is_not_an_outcome()
    {
        await using var server = new WireFake((_, _, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var store = new ClickHouseStateStore(server.Options);
        using var prepared = store.Prepare(Observations(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.InsertAsync(prepared, stopping.Token));
    }

    [Fact]
    public async Task A_prepared_batch_is_sent_again_with_the_same_bytes()
    {
        await using var server = WireFake.Answering(200, "", WireFake.Summary(writtenRows: 2));
        using var store = new ClickHouseStateStore(server.Options);
        var batch = Observations(2);
        batch.Traces.Clear();
        using var prepared = store.Prepare(batch);

        await store.InsertAsync(prepared, CancellationToken.None);
        await store.InsertAsync(prepared, CancellationToken.None);

        Assert.Equal(server.Bodies.First(), server.Bodies.Last());
        Assert.Equal(2, server.Bodies.Count);
    }

    [Fact]
    public async Task A_server_that_stops_reading_gets_nothing_more_once_it_was_given_up()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new WireFake(async (_, stream, cancellationToken) =>
        {
            await release.Task;
            late.SetResult(await ReadToEndAsync(stream, cancellationToken));
        });
        using var store = new ClickHouseStateStore(server.Options with { InsertTimeout = TimeSpan.FromSeconds(2) });
        var prepared = store.Prepare(Observations(20_000));
        var bytes = prepared.ByteCount;

        var result = await store.InsertAsync(prepared, CancellationToken.None);
        prepared.Dispose();
        release.SetResult();

        Assert.Equal(InsertOutcome.Unavailable, result.Outcome);
        Assert.InRange(await late.Task.WaitAsync(TimeSpan.FromSeconds(20)), 1, bytes - 1);
    }

    [Fact]
    public void A_batch_counts_its_rows_and_an_empty_one_sends_nothing()
    {
        using var store = new ClickHouseStateStore(new ClickHouseOptions { Address = new Uri("http://127.0.0.1:1") });
        using var full = store.Prepare(Observations(25));
        using var empty = store.Prepare(new StateBatch());

        Assert.Equal(27, full.RowCount);
        Assert.Equal((0, 0L), (empty.RowCount, empty.ByteCount));
    }

    private static StateBatch Observations(int count) => new TypicalStates(new Random(1)).Batch(count);

    private static async Task<InsertResult> InsertAsync(WireFake server, StateBatch batch, ClickHouseOptions? options = null)
    {
        // These tests look at one table; those of the order of tables add theirs.
        if (batch.Receipts.Count == 0)
        {
            batch.Traces.Clear();
        }

        using var store = new ClickHouseStateStore(options ?? server.Options);
        using var prepared = store.Prepare(batch);
        return await store.InsertAsync(prepared, CancellationToken.None);
    }

    private static async Task<long> ReadToEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                total += read;
            }
        }
        catch (IOException)
        {
            // A reset ends the connection as well as a close.
        }

        return total;
    }
}
