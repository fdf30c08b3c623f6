namespace Pipeline.Consumers.Stalls;

/// <summary>A partition that this process owns, that has unread records, and of which nothing moves although nobody waits for another system.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="Member">The member that owns it.</param>
/// <param name="Lag">Records not committed.</param>
/// <param name="Since">When something of it moved last.</param>
/// <param name="Doing">What the member did last.</param>
internal sealed record StuckPartition(int Partition, string Member, long Lag, DateTimeOffset Since, string Doing);
