namespace Pipeline.Storage.Failures;

/// <summary>One failed batch in a listing.</summary>
/// <param name="Folder">What its keys begin with.</param>
/// <param name="Manifest">Its manifest; null when there is none that can be trusted.</param>
/// <param name="Damage">What is wrong without looking into the records; null when nothing is.</param>
public sealed record FailedBatchEntry(string Folder, FailedBatchManifest? Manifest, FailedBatchDamage? Damage);
