namespace Pipeline.Schemas.Records;

/// <summary>One report of a gateway: running totals, so that a later report replaces an earlier one and a lost one is healed by the next.</summary>
/// <param name="InstanceId">Identifies one life of one gateway process.</param>
/// <param name="Sequence">Raised with every report of the instance, from 1.</param>
/// <param name="Accounts">The totals that changed since the last report.</param>
public sealed record GatewayAccounts(string InstanceId, long Sequence, IReadOnlyList<GatewayAccount> Accounts);
