namespace Pipeline.Schemas.Records;

/// <summary>The project id of records that belong to no project.</summary>
public static class AccountingProject
{
    /// <summary>Stands in <see cref="BufferRecord.ProjectId"/> of every <see cref="PayloadKind.GatewayAccounts"/> record; no real project id begins with an underscore.</summary>
    public const string Id = "_accounts";
}
