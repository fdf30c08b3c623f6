using Pipeline.Schemas.Records;

namespace Pipeline.Storage.Batches;

/// <summary>One account line of one gateway report; the largest sequence per gateway, project and minute wins.</summary>
/// <param name="InstanceId">The gateway process life.</param>
/// <param name="Sequence">The report's sequence.</param>
/// <param name="Account">The running total.</param>
public readonly record struct AccountReport(string InstanceId, long Sequence, GatewayAccount Account);
