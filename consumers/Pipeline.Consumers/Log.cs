using Microsoft.Extensions.Logging;
using Pipeline.Consumers.Pressure;
using Pipeline.Schemas.Errors;
using Pipeline.Storage;

namespace Pipeline.Consumers;

/// <summary>Log messages of the consumers: 2000-2999. None is written per record.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "joined group {Group} of {Topic} as {Member}")]
    internal static partial void GroupJoined(ILogger log, string group, string member, string topic);

    [LoggerMessage(2001, LogLevel.Warning, "log {Topic} cannot be read: {Reason}; trying again")]
    internal static partial void LogNotReadable(ILogger log, string topic, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "store does not take a batch ({Outcome}, code {Code}): {Reason}; nothing is lost, next attempt in at most {Seconds} s")]
    internal static partial void StoreUnavailable(ILogger log, InsertOutcome outcome, int code, string reason, double seconds);

    [LoggerMessage(2003, LogLevel.Error, "store refuses a batch (code {Code}): {Reason}; its partitions wait until schema, grants or data are mended")]
    internal static partial void BatchRefused(ILogger log, int code, string reason);

    [LoggerMessage(2004, LogLevel.Information, "store takes batches again")]
    internal static partial void StoreRecovered(ILogger log);

    [LoggerMessage(2005, LogLevel.Information, "a commit over {Partitions} partitions met some that moved to another member; their records are read again there")]
    internal static partial void CommitFenced(ILogger log, int partitions);

    [LoggerMessage(2006, LogLevel.Warning, "log did not confirm a commit over {Partitions} partitions; it is repeated")]
    internal static partial void CommitNotConfirmed(ILogger log, int partitions);

    [LoggerMessage(2007, LogLevel.Information, "consumer serves health and metrics on {Address}")]
    internal static partial void HealthServed(ILogger log, Uri address);

    [LoggerMessage(2008, LogLevel.Error, "stopping: {Reason}; nothing was skipped")]
    internal static partial void RecordUnreadable(ILogger log, string reason);

    [LoggerMessage(2009, LogLevel.Warning, "the batch in hand was not stored within {Seconds} s after the stop; it is not committed and will be read again")]
    internal static partial void BatchAbandoned(ILogger log, double seconds);

    [LoggerMessage(2010, LogLevel.Warning, "lag of {Topic} is unknown: {Reason}")]
    internal static partial void LagUnknown(ILogger log, string topic, string reason);

    [LoggerMessage(2011, LogLevel.Warning, "group {Group} has not committed offsets {FromOffset} to {EndOffset} of partition {Partition}, the oldest of {OldestAppendedAt:u}; they are kept beyond the longest retention")]
    internal static partial void RecordsOverdue(ILogger log, string group, int partition, long fromOffset, long endOffset, DateTimeOffset oldestAppendedAt);

    [LoggerMessage(2012, LogLevel.Warning, "the log was not trimmed: {Reason}; trying again")]
    internal static partial void LogNotTrimmed(ILogger log, string reason);

    [LoggerMessage(2013, LogLevel.Warning, "the store does not take a batch of {Records} records whole (code {Code}): {Reason}; its good rows are stored one half after the other")]
    internal static partial void BatchRescued(ILogger log, int records, int code, string reason);

    [LoggerMessage(2014, LogLevel.Error, "put aside {Records} records as failed batch {BatchId} ({Class}): {Error}; see `pipeline failed show`")]
    internal static partial void BatchPutAside(ILogger log, Guid batchId, ErrorClass @class, int records, string error);

    [LoggerMessage(2015, LogLevel.Error, "the failure store does not take a batch: {Reason}; its partitions wait, nothing is committed")]
    internal static partial void FailureStoreUnavailable(ILogger log, string reason);

    [LoggerMessage(2016, LogLevel.Critical, "halted: {Reason}; nothing is committed and nothing is lost")]
    internal static partial void Halted(ILogger log, string reason);

    [LoggerMessage(2017, LogLevel.Information, "no longer halted")]
    internal static partial void GoesOn(ILogger log);

    [LoggerMessage(2020, LogLevel.Error, "gateways refuse events until this is mended: {Reason}")]
    internal static partial void TopicNotFit(ILogger log, string reason);

    [LoggerMessage(2022, LogLevel.Warning, "member {Member} has trouble with the log: {Reason}; it goes on by itself")]
    internal static partial void ReaderInTrouble(ILogger log, string member, string reason);

    [LoggerMessage(2021, LogLevel.Warning, "{Risk}")]
    internal static partial void TopicRisk(ILogger log, string risk);

    [LoggerMessage(2030, LogLevel.Warning, "partition {Partition}: the oldest record that group {Group} has not read may be deleted in {Left}, the log keeps records for {Lifetime}; raise its retention, then add consumers")]
    internal static partial void LossIsNear(ILogger log, int partition, TimeSpan left, string group, TimeSpan lifetime);

    [LoggerMessage(2031, LogLevel.Information, "partition {Partition}: what group {Group} has not read is safe for more than a tenth of the retention again")]
    internal static partial void LossIsFar(ILogger log, int partition, string group);

    [LoggerMessage(2032, LogLevel.Error, "LOST: {Records} records of partition {Partition} expired before group {Group} read them, offsets {FromOffset} to {ToOffset}; reading goes on behind them")]
    internal static partial void RecordsExpiredUnread(ILogger log, long records, int partition, string group, long fromOffset, long toOffset);

    [LoggerMessage(2033, LogLevel.Warning, "member {Member} should read on at offset {FromOffset} of partition {Partition}, which ends at {EndOffset}: its topic was made anew or its end was cut off; everything from {ToOffset} on is read again")]
    internal static partial void LogMadeAnew(ILogger log, string member, long fromOffset, int partition, long endOffset, long toOffset);

    [LoggerMessage(2040, LogLevel.Information, "the store is spared: {Level}; its fullest partition has {Parts} parts, {Share:0.00} of the number that delays inserts; {Merges} merges have {Bytes} bytes to go")]
    internal static partial void PressureChanged(ILogger log, PressureLevel level, int parts, double share, int merges, long bytes);

    [LoggerMessage(2041, LogLevel.Warning, "how near the store is to too many parts is unknown: {Reason}; batches are cut as always until it says so itself")]
    internal static partial void PressureUnknown(ILogger log, string reason);

    [LoggerMessage(2018, LogLevel.Error, "a failed batch of {FailedAt:u} waits for its replay and is deleted by the object store's lifecycle at {ExpiresAt:u}")]
    internal static partial void FailedBatchesExpireSoon(ILogger log, DateTimeOffset failedAt, DateTimeOffset expiresAt);

    [LoggerMessage(2019, LogLevel.Warning, "the failure store could not be listed: {Reason}; trying again")]
    internal static partial void FailureStoreNotListed(ILogger log, string reason);

    [LoggerMessage(2050, LogLevel.Error, "the object store does not take the archive: {Reason}; nothing is committed, the log keeps the records meanwhile")]
    internal static partial void ArchiveUnavailable(ILogger log, string reason);

    [LoggerMessage(2051, LogLevel.Information, "the object store takes the archive again")]
    internal static partial void ArchiveRecovered(ILogger log);
}
