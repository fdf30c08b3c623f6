using System.Buffers;
using System.Text;
using Pipeline.Gateway.Endpoints;
using Pipeline.Gateway.Publishing;

namespace Pipeline.Gateway.Tests;

public sealed class BodyRepairTests
{
    private const int Cap = 1000;

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x7B, 0x7D })]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x7B, 0x7D })]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0x00 })]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x7B })]
    [InlineData(new byte[] { 0x7B, 0x00, 0xFF })]
    public void Text_and_other_encodings_stay_as_they_are(byte[] bytes)
    {
        using var body = BodyOf(bytes, new InFlightBudget(Cap));

        Assert.Equal((BodyOutcome.Read, false), (BodyRepair.Repair(body, Cap, new InFlightBudget(0)), body.WasRepaired));
        Assert.Equal(bytes, body.Bytes.ToArray());
    }

    [Fact]
    public void What_is_no_text_is_replaced_and_charged()
    {
        var budget = new InFlightBudget(Cap);
        using (var body = BodyOf([(byte)'a', 0xFF, (byte)'b'], budget))
        {
            Assert.Equal((BodyOutcome.Read, true), (BodyRepair.Repair(body, Cap, budget), body.WasRepaired));
            Assert.Equal("a\uFFFDb", Encoding.UTF8.GetString(body.Bytes.Span));
            Assert.Equal(5, budget.Used);
        }

        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void A_body_that_outgrows_its_cap_is_too_large()
    {
        var budget = new InFlightBudget(10 * Cap);
        using var body = BodyOf([.. Enumerable.Repeat((byte)0xFF, (Cap / 3) + 1)], budget);

        Assert.Equal(BodyOutcome.TooLarge, BodyRepair.Repair(body, Cap, budget));
        Assert.Equal(body.Length, budget.Used);
    }

    [Fact]
    public void A_body_that_does_not_fit_into_the_budget_waits_for_its_retry()
    {
        var budget = new InFlightBudget(200);
        using var body = BodyOf([.. Enumerable.Repeat((byte)0xFF, 100)], budget);

        Assert.Equal(BodyOutcome.Busy, BodyRepair.Repair(body, Cap, budget));
        Assert.Equal(100, budget.Used);
    }

    [Fact]
    public void A_repair_allocates_no_second_copy_of_the_text()
    {
        var bytes = Enumerable.Repeat((byte)0xFF, 300_000).ToArray();
        var budget = new InFlightBudget(10_000_000);
        using (var warmUp = BodyOf(bytes, budget))
        {
            BodyRepair.Repair(warmUp, 1_000_000, budget);
        }

        using var body = BodyOf(bytes, budget);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(BodyOutcome.Read, BodyRepair.Repair(body, 1_000_000, budget));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static RequestBody BodyOf(byte[] bytes, InFlightBudget budget)
    {
        var body = new RequestBody(budget);
        Assert.True(body.TryEnsureCapacity(bytes.Length));
        body.Append(new ReadOnlySequence<byte>(bytes));
        return body;
    }
}
