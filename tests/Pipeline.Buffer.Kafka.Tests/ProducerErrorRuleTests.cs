using Confluent.Kafka;
using Pipeline.Schemas.Errors;

namespace Pipeline.Buffer.Kafka.Tests;

public sealed class ProducerErrorRuleTests
{
    [Theory]
    [InlineData(ErrorCode.Local_QueueFull, AppendOutcome.Busy)]
    [InlineData(ErrorCode.MsgSizeTooLarge, AppendOutcome.TooLarge)]
    [InlineData(ErrorCode.RecordListTooLarge, AppendOutcome.TooLarge)]
    [InlineData(ErrorCode.Local_MsgTimedOut, AppendOutcome.Unavailable)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, AppendOutcome.Unavailable)]
    [InlineData(ErrorCode.Unknown, AppendOutcome.Unavailable)]
    public void The_class_of_an_error_decides_the_outcome(ErrorCode code, AppendOutcome expected) => Assert.Equal(expected, ProducerErrorRule.OutcomeOf(code));

    [Fact]
    public void The_tables_codes_are_the_clients_own() =>
        Assert.All(ErrorTable.Rows.Where(row => row.Backend == ErrorBackend.Log), row => Assert.True(Enum.TryParse<ErrorCode>(row.Code, out _), row.Code));
}
