namespace Pipeline.Storage.Archiving;

/// <summary>An object of the archive as its key names it.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="FirstOffset">First offset in it.</param>
/// <param name="LastOffset">Last offset in it.</param>
/// <param name="Stem">What its key and that of its manifest begin with.</param>
internal sealed record ArchivedObject(string Topic, int Partition, long FirstOffset, long LastOffset, string Stem)
{
    internal string RecordsKey => Stem + ArchiveKeys.Records;

    internal string ManifestKey => Stem + ArchiveKeys.Manifest;

    internal bool Meets(long fromOffset, long toOffset) => FirstOffset < toOffset && LastOffset >= fromOffset;
}
