using System.Runtime.CompilerServices;
using Pipeline.Schemas.Errors;
using Pipeline.Storage.ObjectStores;

namespace Pipeline.Storage.Failures;

/// <summary>The notes of replays beside a batch: <c>attempt-0001.json</c> and so on, never changed.</summary>
internal sealed class ReplayAttempts(IObjectStore store)
{
    internal async ValueTask<ReplayAttempt> AppendAsync(string folder, ReplayAttempt attempt, CancellationToken cancellationToken)
    {
        var number = 1;
        await foreach (var (key, taken) in KeysAsync(folder, cancellationToken))
        {
            number = taken + 1;

            // Written, and the answer lost: whoever asks again means the same note.
            if (FailedManifestCodec.DecodeAttempt(await store.GetAsync(key, cancellationToken)) is { } note && note == Rounded(attempt) with { Number = note.Number })
            {
                return note;
            }
        }

        for (; number <= FailedBatchKeys.MaxAttempts; number++)
        {
            var note = Rounded(attempt) with { Number = number };
            var document = FailedManifestCodec.Encode(note);
            var key = folder + FailedBatchKeys.AttemptOf(number);
            var outcome = await store.PutAsync(key, document, cancellationToken);
            var stored = FailedManifestCodec.DecodeAttempt(await store.GetAsync(key, cancellationToken));
            if (stored == note)
            {
                return note;
            }

            // Another job's note: the number is taken. One that cannot be read takes it too, unless it was to be this one.
            if (stored is null && outcome == PutOutcome.Created)
            {
                throw await store.RefuseAsync(key, outcome, $"{key}: does not come back as it was written", cancellationToken);
            }
        }

        throw new ObjectStoreException($"{store.Location}: {folder}: replayed {FailedBatchKeys.MaxAttempts} times") { Class = ErrorClass.Permanent };
    }

    internal async IAsyncEnumerable<ReplayAttempt> ReadAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? damaged = null;
        await foreach (var (key, number) in KeysAsync(folder, cancellationToken))
        {
            if (await store.GetAsync(key, cancellationToken) is not { } document)
            {
                // Deleted with its batch since it was listed.
                continue;
            }

            if (FailedManifestCodec.DecodeAttempt(document) is { } note && note.Number == number)
            {
                yield return note;
            }
            else
            {
                damaged ??= key;
            }
        }

        if (damaged is not null)
        {
            throw new FailedBatchDamagedException(damaged, FailedBatchDefect.AttemptDamaged, "is not the note that was written");
        }
    }

    // Times are written to the microsecond; a note must equal itself after it was read.
    private static ReplayAttempt Rounded(ReplayAttempt attempt) => attempt with
    {
        StartedAt = Schemas.UnixMicros.ToDateTimeOffset(Schemas.UnixMicros.From(attempt.StartedAt)),
        FinishedAt = Schemas.UnixMicros.ToDateTimeOffset(Schemas.UnixMicros.From(attempt.FinishedAt)),
    };

    private async IAsyncEnumerable<(string Key, int Number)> KeysAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (key, _) in store.ListAsync(folder, startAfter: null, cancellationToken))
        {
            if (FailedBatchKeys.IsAttempt(FailedBatchKeys.Split(key).Name, out var number))
            {
                yield return (key, number);
            }
        }
    }
}
