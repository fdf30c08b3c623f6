using Confluent.Kafka;

namespace Pipeline.Buffer.Kafka;

/// <summary>What a report or refusal of the producer means for the caller.</summary>
internal static class ProducerErrorRule
{
    internal static AppendResult ResultOf(DeliveryReport<byte[], byte[]> report, int partition) => report.Error.IsError
        ? ResultOf(report.Error, partition)
        : AppendResult.Appended(partition, report.Offset.Value);

    internal static AppendResult ResultOf(Error error, int partition) => AppendResult.Failed(OutcomeOf(error.Code), partition, $"{error.Code}: {error.Reason}");

    internal static AppendOutcome OutcomeOf(ErrorCode code) => code switch
    {
        ErrorCode.Local_QueueFull => AppendOutcome.Busy,
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => AppendOutcome.TooLarge,
        _ => AppendOutcome.Unavailable,
    };
}
