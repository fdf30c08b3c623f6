using Pipeline.Testing.Buffer;
using Pipeline.Testing.Postgres;

namespace Pipeline.Buffer.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresEventLogContractTests(PostgresServer server)
{
    [PostgresFact]
    public Task Records_come_back_in_order_with_their_bytes_and_headers() => WithLogAsync(EventLogContract.Records_come_back_in_order_with_their_bytes_and_headersAsync);

    [PostgresFact]
    public Task What_was_committed_is_not_read_again_and_everything_else_is() => WithLogAsync(EventLogContract.What_was_committed_is_not_read_again_and_everything_else_isAsync);

    [PostgresFact]
    public Task Two_members_share_the_partitions_and_each_record_goes_to_one() => WithLogAsync(EventLogContract.Two_members_share_the_partitions_and_each_record_goes_to_oneAsync);

    [PostgresFact]
    public Task A_hand_over_asks_for_a_flush_and_waits_for_the_commit() => WithLogAsync(EventLogContract.A_hand_over_asks_for_a_flush_and_waits_for_the_commitAsync);

    [PostgresFact]
    public Task A_slow_caller_bounds_what_is_fetched_and_stays_in_the_group() => WithLogAsync(EventLogContract.A_slow_caller_bounds_what_is_fetched_and_stays_in_the_groupAsync);

    [PostgresFact]
    public Task Positions_and_ranges_are_read_without_a_group() => WithLogAsync(EventLogContract.Positions_and_ranges_are_read_without_a_groupAsync);

    [PostgresFact]
    public Task A_record_above_the_limit_is_too_large_and_nothing_else_suffers() =>
        WithLogAsync(log => EventLogContract.A_record_above_the_limit_is_too_large_and_nothing_else_suffersAsync(log, maxBytes: 8 * 1024 * 1024));

    private async Task WithLogAsync(Func<IEventLog, Task> rule)
    {
        await using var source = await server.CreateDatabaseAsync();
        await using var log = await TestLogs.OpenAsync(source, partitions: 4);
        await rule(log);
    }
}
