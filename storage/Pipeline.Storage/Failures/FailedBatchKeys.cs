using System.Globalization;
using Pipeline.Schemas.Errors;
using Pipeline.Schemas.Ids;

namespace Pipeline.Storage.Failures;

/// <summary>Where a failed batch lies: <c>failed/date=YYYY-MM-DD/hour=HH/class=poison/batch=ID/</c>, in UTC.</summary>
/// <remarks>Names and values as Hive has them, so that query engines skip what a filter excludes. The id is text and sorts as text.</remarks>
internal static class FailedBatchKeys
{
    internal const string Root = "failed/";
    internal const string Manifest = "manifest.json";
    internal const string Records = "records.jsonl.gz";

    // Four digits: names of attempts must sort as their numbers.
    internal const int MaxAttempts = 9999;

    private const string HourFormat = "'date='yyyy-MM-dd'/hour='HH";
    private const string AttemptPrefix = "attempt-";
    private const string AttemptSuffix = ".json";

    internal static Guid IdOf(string group, string objectSha256) => Guid.ParseExact(UuidV5.Derive("failed-batch", group, objectSha256), "D");

    internal static string FolderOf(DateTimeOffset failedAt, ErrorClass errorClass, Guid batchId) =>
        $"{HourOf(failedAt)}/class={NameOf(errorClass)}/batch={batchId:D}/";

    internal static string FolderOf(FailedBatchManifest manifest) => FolderOf(manifest.FailedAt, manifest.Class, manifest.BatchId);

    /// <summary>Whether a manifest belongs into a folder: by its time, class and id, and the id by the records it vouches for.</summary>
    internal static bool IsFolderOf(FailedBatchManifest manifest, string folder) =>
        manifest.Class is ErrorClass.Poison or ErrorClass.Permanent
        && FolderOf(manifest) == folder && manifest.BatchId == IdOf(manifest.Group, manifest.ObjectSha256);

    /// <summary>What every key of an hour begins with, without the slash behind it.</summary>
    internal static string HourOf(DateTimeOffset time) => Root + time.ToUniversalTime().ToString(HourFormat, CultureInfo.InvariantCulture);

    internal static string AttemptOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{AttemptPrefix}{number:D4}{AttemptSuffix}");

    internal static bool IsAttempt(string name, out int number)
    {
        number = 0;
        return name.Length == AttemptPrefix.Length + 4 + AttemptSuffix.Length
            && name.StartsWith(AttemptPrefix, StringComparison.Ordinal) && name.EndsWith(AttemptSuffix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(AttemptPrefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The folder that an object lies in, with the slash, and its name there.</summary>
    internal static (string Folder, string Name) Split(string key)
    {
        var slash = key.LastIndexOf('/') + 1;
        return (key[..slash], key[slash..]);
    }

    /// <summary>Whether it is a folder that a batch can have: what its parts say is written again and compared.</summary>
    internal static bool IsFolder(string folder)
    {
        var parts = folder.Split('/');
        return parts.Length == 6
            && DateTimeOffset.TryParseExact($"{parts[1]}/{parts[2]}", HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var hour)
            && parts[3].Length > 6 && ClassOf(parts[3][6..]) is { } errorClass
            && parts[4].Length > 6 && Guid.TryParseExact(parts[4][6..], "D", out var id)
            && FolderOf(hour, errorClass, id) == folder;
    }

    private static string NameOf(ErrorClass errorClass) => errorClass switch
    {
        ErrorClass.Poison => "poison",
        ErrorClass.Permanent => "permanent",
        _ => throw new ArgumentOutOfRangeException(nameof(errorClass), errorClass, "only what waiting does not help is kept aside"),
    };

    private static ErrorClass? ClassOf(string name) => name switch
    {
        "poison" => ErrorClass.Poison,
        "permanent" => ErrorClass.Permanent,
        _ => null,
    };
}
