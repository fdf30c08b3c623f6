namespace Pipeline.Storage.Postgres.Migrations;

/// <summary>One migration as <c>pipeline migrate</c> reports it.</summary>
/// <param name="Name">File name.</param>
/// <param name="State">How it stands.</param>
/// <param name="AppliedAt">When it was applied; null when it was not.</param>
public sealed record MigrationStatus(string Name, MigrationState State, DateTimeOffset? AppliedAt);
