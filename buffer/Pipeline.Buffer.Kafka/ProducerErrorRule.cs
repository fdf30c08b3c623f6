using Confluent.Kafka;
using Pipeline.Schemas.Errors;

namespace Pipeline.Buffer.Kafka;

/// <summary>What a report or refusal of the producer means for the caller.</summary>
internal static class ProducerErrorRule
{
    internal static AppendResult ResultOf(DeliveryReport<byte[], byte[]> report, int partition) => report.Error.IsError
        ? ResultOf(report.Error, partition)
        : AppendResult.Appended(partition, report.Offset.Value);

    internal static AppendResult ResultOf(Error error, int partition) => AppendResult.Failed(OutcomeOf(error.Code), partition, $"{error.Code}: {error.Reason}");

    internal static AppendOutcome OutcomeOf(ErrorCode code) => ErrorTable.ClassOfLog(code.ToString()) switch
    {
        ErrorClass.Overload => AppendOutcome.Busy,
        ErrorClass.Poison => AppendOutcome.TooLarge,
        _ => AppendOutcome.Unavailable,
    };
}
